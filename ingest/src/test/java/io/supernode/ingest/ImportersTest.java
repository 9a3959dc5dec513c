package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.serving.Request;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportersTest {
    private static final String MOONCAKE_LINE =
            "{\"timestamp\": 3000, \"input_length\": 600, \"output_length\": 7, \"hash_ids\": [0, 5]}\n";
    private static final String AZURE_HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n";
    private static final String AZURE_LINE = "2023-11-16 18:15:46.6805900,374,44\r\n";

    @TempDir
    Path folder;

    private Path file;
    private final Recorded recorded = new Recorded();

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("log");
    }

    @Test
    void aMooncakeLineBecomesARequestCountedFromTheFirst() throws IOException {
        write(MOONCAKE_LINE + "\n" + MOONCAKE_LINE.replace("3000", "6003").replace("600,", "1024,"));

        ImportReport report = read("auto");

        assertThat(recorded.requests)
                .containsExactly(
                        new Request(0, 0, 600, 7, new int[] {0, 5}),
                        new Request(1, 3_003_000_000L, 1024, 7, new int[] {0, 5}));
        assertThat(recorded.originEpochNanos).isZero();
        assertThat(recorded.offsetNanos).isEqualTo(3_000_000_000L);
        assertThat(report)
                .isEqualTo(new ImportReport(
                        "mooncake",
                        2,
                        0,
                        1624,
                        14,
                        0,
                        3_003_000_000L,
                        List.of("the first request is at 3.000 s of the recording's own clock; times are counted from"
                                + " it")));
    }

    @Test
    void equalMooncakeLinesAreSeparateRequests() throws IOException {
        write(MOONCAKE_LINE + MOONCAKE_LINE);

        assertThat(read("mooncake").requests()).isEqualTo(2);
    }

    @Test
    void aMooncakeLogMayLeaveOutBlocksAndCarryMore() throws IOException {
        write("{\"model\": {\"a\": [1]}, \"timestamp\": 0, \"input_length\": 1, \"output_length\": 0}");

        read("auto");

        assertThat(recorded.requests).containsExactly(new Request(0, 0, 1, 0, new int[] {}));
    }

    @Test
    void blocksThatDoNotMatchTheLengthAreKeptAndNoted() throws IOException {
        write(MOONCAKE_LINE.replace("[0, 5]", "[0, 5, 6]"));

        // 600 tokens are 2 blocks of 512, not 3
        assertThat(read("mooncake").notes())
                .contains("requests with another number of hash_ids than one for each 512 tokens of input_length: 1");
        assertThat(recorded.requests.get(0).prefixBlocks()).containsExactly(0, 5, 6);
    }

    @Test
    void anAzureLineKeepsItsHundredNanoseconds() throws IOException {
        write(AZURE_HEADER + AZURE_LINE + "2023-11-16 18:15:50.9951691,396,109");

        ImportReport report = read("auto");

        assertThat(recorded.requests)
                .containsExactly(
                        new Request(0, 0, 374, 44, new int[] {}),
                        new Request(1, 4_314_579_100L, 396, 109, new int[] {}));
        assertThat(report.originEpochNanos()).isEqualTo(1_700_158_546_680_590_000L);
        assertThat(report.format()).isEqualTo("azure");
    }

    @Test
    void azureColumnsMayStandInAnyOrderWithOthersBesideThemAndQuoted() throws IOException {
        write("\uFEFFGeneratedTokens,Model,TIMESTAMP,ContextTokens\n44,\"a,b\",2024-05-10 00:00:01+00:00,374\n");

        ImportReport report = read("azure");

        assertThat(recorded.requests).containsExactly(new Request(0, 0, 374, 44, new int[] {}));
        assertThat(report.originEpochNanos()).isEqualTo(1_715_299_201_000_000_000L);
    }

    @Test
    void progressIsToldOnTheWayAndAtTheEnd() throws IOException {
        write(MOONCAKE_LINE.repeat(5000));
        List<Long> told = new ArrayList<>();

        Importers.read(file, "auto", recorded, (records, read, total) -> {
            assertThat(read).isLessThanOrEqualTo(total).isPositive();
            told.add(records);
        });

        assertThat(told).containsExactly(4096L, 5000L);
    }

    @Test
    void aMissingFileIsNamed() {
        failsWith("auto", "log: no such file; accepted: a file or a folder to read");
    }

    @Test
    void aFolderOfSomethingElseIsNamed() throws IOException {
        Files.createDirectory(file);

        failsWith("auto", "log: format not recognised: the folder holds nothing; looked for: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mooncake", "azure", "burstgpt", "straggler"})
    void aFolderIsNoLogAndNoTimeline(String format) throws IOException {
        Files.createDirectory(file);

        failsWith(format, "log: is a folder; accepted: a file to read");
    }

    @Test
    void anEmptyFileIsNamed() throws IOException {
        write("");

        failsWith("auto", "log: is empty; accepted: at least one record");
    }

    @Test
    void anUnknownFormatNamesTheKnown() throws IOException {
        write(MOONCAKE_LINE);

        failsWith("moonkake", "log: unknown format: moonkake; accepted: auto, mooncake, azure, burstgpt, vllm, ");
    }

    @Test
    void whenNothingFitsItSaysWhatWasLookedAt() throws IOException {
        write("time,in,out\n1,2,3\n");

        failsWith(
                "auto",
                "log: format not recognised: the first line is \"time,in,out\"; looked for: mooncake (a JSON object per"
                        + " line with timestamp, input_length, output_length), azure (CSV whose first line names"
                        + " TIMESTAMP, ContextTokens, GeneratedTokens)");
    }

    @Test
    void foreignBytesAreShownHarmlessAndShort() throws IOException {
        Files.write(file, new byte[] {0x1B, '[', '3', '1', 'm', 0, 1});

        failsWith("auto", "log: format not recognised: the first line is \"\\u001b[31m\\u0000\\u0001\"; looked for: ");
    }

    @Test
    void aCompressedLogIsUnpacked() throws IOException {
        Files.write(file, Gzip.of((MOONCAKE_LINE + MOONCAKE_LINE).getBytes(StandardCharsets.UTF_8)));

        assertThat(read("auto").requests()).isEqualTo(2);
    }

    @Test
    void aCompressedLogThatIsCutOffIsNamed() throws IOException {
        byte[] whole = Gzip.of(MOONCAKE_LINE.repeat(100).getBytes(StandardCharsets.UTF_8));
        Files.write(file, Arrays.copyOf(whole, whole.length - 9));

        failsWith("mooncake", "log:101: cannot be read: the gzip data end too early");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "3000                      | -1             | must be >= 0: timestamp=-1;",
                "3000                      | 2999           | time goes backwards: timestamp=2999 after 3000 on line 1;"
                        + " accepted: requests in the order of their arrival",
                "3000                      | \"x\"          | must be a whole number: timestamp=x;",
                "3000                      | 3000.5         | must be a whole number: timestamp=3000.5;",
                "3000                      | null           | must be a whole number: timestamp=null;",
                "3000                      | 9223372036855  | must be <= 9223372036854: timestamp=9223372036855;",
                "600                       | -600           | must be >= 0: input_length=-600;",
                "600                       | 2147483648     | must be <= 2147483647: input_length=2147483648;",
                "600                       | 99999999999999999999 | must be <= 2147483647: input_length=99999999",
                "7                         | true           | must be a whole number: output_length=true;",
                "7                         | [7]            | must be a whole number: output_length=[;",
                "[0, 5]                    | 5              | must be a list: hash_ids=5;",
                "[0, 5]                    | [0, -5]        | must be >= 0: hash_ids=-5;",
                "[0, 5]                    | [0, \"a\"]     | must be a whole number: hash_ids=a;",
                "\"input_length\": 600,    | ``             | key is missing: input_length, found: timestamp,"
                        + " output_length, hash_ids;",
                "\"output_length\"         | \"outputs\"    | key is missing: output_length, found: timestamp,"
                        + " input_length, outputs, hash_ids;",
                "\"output_length\"         | \"timestamp\"  | is not JSON at column ",
                "\"timestamp\":            | \"timestamp\"  | is not JSON at column ",
                "5]}                       | 5]} {}         | more than one value on the line;",
                "{                         | [{             | is not an object: [;",
                "5]}                       | 5              | line is cut off;",
            })
    void aBadMooncakeLineIsNamed(String good, String bad, String message) throws IOException {
        write(MOONCAKE_LINE + MOONCAKE_LINE.replace(good, bad == null ? "" : bad) + MOONCAKE_LINE);

        failsWith("mooncake", "log:2: " + message);
    }

    @Test
    void everyCutOfAMooncakeFileInsideItsLastLineIsNoticed() throws IOException {
        String whole = MOONCAKE_LINE + MOONCAKE_LINE.strip();
        for (int length = MOONCAKE_LINE.length() + 1; length < whole.length(); length++) {
            write(whole.substring(0, length));

            failsWith("mooncake", "log:2: file is cut off inside this line; accepted: one object per line");
        }
    }

    @Test
    void aLineWithoutEndDoesNotFillTheMemory() throws IOException {
        write(MOONCAKE_LINE + "{\"a\": \"" + "x".repeat(LineReader.LONGEST_LINE) + "\"}");

        failsWith("mooncake", "log:2: line is too long: more than 4194304 bytes; accepted: one record");
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        write("{\"a\":" + "[".repeat(100_000));

        failsWith("mooncake", "log:1: is not JSON at column ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "2023-11-16 18:15:46 | 2023-11-16 18:15:45 | time goes backwards: TIMESTAMP=2023-11-16 18:15:45.6805900"
                        + " after 2023-11-16 18:15:46.6805900 on line 2; accepted: requests in the order of their"
                        + " arrival",
                "2023-11-16 18:15:46 | 2023-02-29 18:15:46 | is not a time: TIMESTAMP=2023-02-29 18:15:46.6805900;"
                        + " accepted: 1970 to 2262 as 2023-11-16 18:15:46.6805900",
                "2023-11-16 18:15:46 | 1969-11-16 18:15:46 | is not a time: TIMESTAMP=1969-11-16 18:15:46.6805900;",
                "2023-11-16 18:15:46 | 2300-11-16 18:15:46 | is not a time: TIMESTAMP=2300-11-16 18:15:46.6805900;",
                "2023-11-16 18:15:46 | yesterday           | is not a time: TIMESTAMP=yesterday.6805900;",
                ",374,               | ,-374,              | must be >= 0: ContextTokens=-374; accepted: a whole number"
                        + " from 0 to 2147483647",
                ",374,               | ,many,              | is not a number of tokens: ContextTokens=many;",
                ",374,               | ,,                  | is not a number of tokens: ContextTokens=;",
                ",44                 | ,4.4                | is not a number of tokens: GeneratedTokens=4.4;",
                ",44                 | ,99999999999        | is not a number of tokens: GeneratedTokens=99999999999;",
                ",44                 | ,44,1               | has 4 columns instead of 3: 2023-11-16"
                        + " 18:15:46.6805900,374,44,1; accepted: the columns TIMESTAMP,ContextTokens,GeneratedTokens",
                ",44                 | ``                  | has 2 columns instead of 3: 2023-11-16"
                        + " 18:15:46.6805900,374; accepted",
            })
    void aBadAzureLineIsNamed(String good, String bad, String message) throws IOException {
        write(AZURE_HEADER + AZURE_LINE + AZURE_LINE.replace(good, bad == null ? "" : bad) + AZURE_LINE);

        failsWith("azure", "log:3: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TIMESTAMP,ContextTokens | column is missing: GeneratedTokens, found: TIMESTAMP,ContextTokens;",
                "TIMESTAMP,ContextTokens,generatedtokens | column is missing: GeneratedTokens, found: TIMESTAMP,",
                "TIMESTAMP,TIMESTAMP,ContextTokens,GeneratedTokens | column is there twice: TIMESTAMP, found: ",
                "2023-11-16 18:15:46.6805900,374,44 | column is missing: TIMESTAMP, found: 2023-11-16",
            })
    void aHeaderWithoutItsColumnsIsNamed(String header, String message) throws IOException {
        write(header + "\n" + AZURE_LINE);

        failsWith("azure", "log:1: " + message);
    }

    @Test
    void anAzureFileCutInsideItsLastLineIsNoticed() throws IOException {
        write(AZURE_HEADER + AZURE_LINE + "2023-11-16 18:15:5");

        failsWith(
                "auto",
                "log:3: has 1 columns instead of 3: 2023-11-16 18:15:5 (the file seems to be cut off here); accepted");
    }

    @Test
    void aHeaderAloneIsNoRecording() throws IOException {
        write(AZURE_HEADER);

        failsWith("auto", "log: holds no request; accepted: at least one");
    }

    @Test
    void anotherEncodingIsNoticed() throws IOException {
        write(AZURE_HEADER + AZURE_LINE + AZURE_LINE.replace("374", "\u00E9"), StandardCharsets.ISO_8859_1);

        failsWith("auto", "is not UTF-8 text");
    }

    private ImportReport read(String format) throws IOException {
        return Importers.read(file, format, recorded, ImportProgress.SILENT);
    }

    private void failsWith(String format, String message) {
        assertThatThrownBy(() -> read(format))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message)
                .hasMessageStartingWith(file.toString() + ":")
                .message()
                .hasLineCount(1);
    }

    private void write(String text) throws IOException {
        write(text, StandardCharsets.UTF_8);
    }

    private void write(String text, Charset encoding) throws IOException {
        Files.writeString(file, text, encoding);
    }
}
