package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is done to a recording: it is read, or refused with one line. Nothing else is ever thrown. */
class HostileInputTest {
    private static final int MUTATIONS = 300;
    private static final String MOONCAKE =
            "{\"timestamp\": 3000, \"input_length\": 600, \"output_length\": 7, \"hash_ids\": [0, 5]}\n".repeat(3);
    private static final String AZURE =
            "TIMESTAMP,ContextTokens,GeneratedTokens\r\n" + "2023-11-16 18:15:46.6805900,374,44\r\n".repeat(3);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"mooncake,mooncake", "mooncake,auto", "azure,azure", "azure,auto", "mooncake,azure", "azure,mooncake"})
    void aMutatedRecordingIsReadOrRefusedWithOneLine(String written, String readAs) throws IOException {
        byte[] whole = (written.equals("mooncake") ? MOONCAKE : AZURE).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("log");
        int refused = 0;
        for (long seed = 0; seed < MUTATIONS; seed++) {
            Files.write(file, mutated(whole, new SplittableRandom(seed)));
            try {
                ImportReport report = Importers.read(file, readAs, new Recorded(), ImportProgress.SILENT);
                assertThat(report.requests()).as("seed %d", seed).isPositive();
            } catch (InputException e) {
                refused++;
                assertThat(e.getMessage())
                        .as("seed %d", seed)
                        .startsWith(file + ":")
                        .hasLineCount(1);
                assertThat(e.getMessage().length()).as("seed %d", seed).isLessThan(1_000);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).as("mutations do harm").isGreaterThan(MUTATIONS / 4);
    }

    /** One to three of: a cut, a flipped bit, a foreign byte, a stretch twice, two stretches swapped. */
    private static byte[] mutated(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int times = random.nextInt(1, 4); times > 0 && bytes.length > 2; times--) {
            int at = random.nextInt(bytes.length - 1);
            int end = at + 1 + random.nextInt(Math.min(40, bytes.length - at - 1));
            switch (random.nextInt(5)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 ->
                    bytes[at] = "\"\\\n\r,{}[]-\0\u00FF9e".getBytes(StandardCharsets.ISO_8859_1)[random.nextInt(14)];
                case 3 -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + end - at);
                    System.arraycopy(bytes, at, longer, end, bytes.length - at);
                    bytes = longer;
                }
                default -> {
                    byte[] stretch = Arrays.copyOfRange(bytes, at, end);
                    int to = random.nextInt(bytes.length - stretch.length + 1);
                    System.arraycopy(bytes, to, bytes, at, stretch.length);
                    System.arraycopy(stretch, 0, bytes, to, stretch.length);
                }
            }
        }
        return bytes;
    }
}
