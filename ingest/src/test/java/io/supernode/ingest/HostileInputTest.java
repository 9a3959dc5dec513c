package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a recording: it becomes a trace, or is refused with one line. Nothing else is ever thrown. */
class HostileInputTest {
    private static final int MUTATIONS = 1_000;
    private static final String FOREIGN = "\"\\\n\r,{}[]-\0\u00FF9e";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "mooncake,mooncake",
        "mooncake,auto",
        "azure,azure",
        "azure,auto",
        "mooncake,azure",
        "azure,mooncake",
        "burstgpt,burstgpt",
        "burstgpt3,burstgpt",
        "vllm,vllm",
        "vllm,auto",
        "kineto,kineto",
        "kineto,auto",
        "kineto.gz,kineto",
        "straggler,straggler",
        "straggler.gz,auto",
        "ascend,ascend",
        "straggler,kineto",
        "kineto,vllm"
    })
    void aMutatedRecordingIsReadOrRefusedWithOneLine(String written, String readAs) throws IOException {
        Path recording = folder.resolve("recording");
        Map<Path, byte[]> whole = write(written, recording);
        List<Path> files = new ArrayList<>(whole.keySet());
        ImportOptions options = ImportOptions.DEFAULT.withMeasured(written.equals("vllm"));
        int mutations = written.startsWith(readAs) ? MUTATIONS : MUTATIONS / 5;
        int refused = 0;
        for (long seed = 0; seed < mutations; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Path file = files.get(random.nextInt(files.size()));
            Files.write(file, mutated(whole.get(file), random));
            Optional<ImportReport> read = read(recording, readAs, options, seed);
            Optional<ImportReport> kept = read(recording, readAs, options.withKeepGoing(true), seed);
            if (read.isPresent()) {
                assertThat(kept).as("seed %d", seed).isEqualTo(read);
            } else {
                refused++;
                if (kept.isPresent()) {
                    long records = kept.get().requests() + kept.get().events();
                    assertThat(records).as("seed %d", seed).isPositive();
                    assertThat(kept.get().notes()).as("seed %d", seed).anyMatch(note -> note.startsWith("DAMAGED"));
                }
            }
            Files.write(file, whole.get(file));
        }
        assertThat(refused).as("mutations do harm").isGreaterThan(mutations / 5);
    }

    /** Empty where it was refused, with one line. */
    private static Optional<ImportReport> read(Path recording, String readAs, ImportOptions options, long seed)
            throws IOException {
        try {
            ImportReport report = Importers.read(recording, readAs, options, new Recorded(), ImportProgress.SILENT);
            assertThat(report.requests() + report.events()).as("seed %d", seed).isNotNegative();
            return Optional.of(report);
        } catch (InputException e) {
            assertThat(e.getMessage())
                    .as("seed %d", seed)
                    .startsWith(recording.toString())
                    .hasLineCount(1);
            assertThat(e.getMessage().length()).as("seed %d", seed).isLessThan(1_000);
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void whatIsGoodBeforeTheDamageIsKeptWhenAskedFor() throws IOException {
        Path log = folder.resolve("log.jsonl");
        String line = "{\"timestamp\": %d, \"input_length\": 10, \"output_length\": 1}%n";
        Samples.write(log, line.formatted(0) + line.formatted(5) + "{\"timestamp\": 7, \"inp" + line.formatted(9));
        Recorded kept = new Recorded();
        ImportOptions keepGoing = ImportOptions.DEFAULT.withKeepGoing(true);

        ImportReport report = Importers.read(log, "mooncake", keepGoing, kept, ImportProgress.SILENT);

        assertThat(report.requests()).isEqualTo(2);
        assertThat(report.notes())
                .singleElement()
                .asString()
                .startsWith("DAMAGED, kept as far as it is good: " + log + ":3: ");
    }

    /** Rank 1 is damaged in its last event: rank 0 is whole, and of rank 1 comes what stands before. */
    @Test
    void ofAFolderOfRanksTheDamagedOneIsKeptAsFarAsItIsGood() throws IOException {
        Path ranks = folder.resolve("ranks");
        Map<Path, byte[]> files = write("kineto", ranks);
        long whole = Importers.read(ranks, "kineto", new Recorded(), ImportProgress.SILENT)
                .events();
        Path second = ranks.resolve("rank1.json");
        String text = new String(files.get(second), StandardCharsets.UTF_8);
        String base = "\"baseTimeNanoseconds\": 1711964646000000000";
        String cut = text.substring(0, text.lastIndexOf("\"cat\": \"kernel\""));
        Samples.write(second, cut);

        assertThatThrownBy(() -> Importers.read(ranks, "kineto", new Recorded(), ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is cut off");
        ImportOptions keepGoing = ImportOptions.DEFAULT.withKeepGoing(true);
        // what its times are counted from stood behind the cut: they cannot be put beside those of rank 0
        ImportReport alone = Importers.read(ranks, "kineto", keepGoing, new Recorded(), ImportProgress.SILENT);
        assertThat(alone.events()).isEqualTo(whole / 2);
        assertThat(alone.notes())
                .anyMatch(note -> note.startsWith("DAMAGED") && note.contains("rank1.json"))
                .anyMatch(note -> note.contains("left out 1 rank"));

        Samples.write(second, cut.replaceFirst("\\{", "{" + base + ", "));
        ImportReport both = Importers.read(ranks, "kineto", keepGoing, new Recorded(), ImportProgress.SILENT);
        assertThat(both.events()).isGreaterThan(whole / 2).isLessThan(whole);
    }

    @Test
    void whereNothingIsGoodItIsRefusedAllTheSame() throws IOException {
        Path log = folder.resolve("log.jsonl");
        Samples.write(log, "{\"timestamp\": -1, \"input_length\": 10, \"output_length\": 1}");

        assertThatThrownBy(() -> Importers.read(
                        log,
                        "mooncake",
                        ImportOptions.DEFAULT.withKeepGoing(true),
                        new Recorded(),
                        ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("must be >= 0: timestamp=-1");
    }

    /** A gigabyte of blanks, packed to a megabyte: refused before all of it is unpacked. */
    @ParameterizedTest
    @ValueSource(strings = {"kineto", "straggler", "mooncake", "vllm", "burstgpt"})
    void aGzipBombIsNotUnpacked(String format) throws IOException {
        Path bomb = folder.resolve("bomb.json.gz");
        byte[] member = Gzip.of(" ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII));
        byte[] all = new byte[1_000 * member.length];
        for (int i = 0; i < 1_000; i++) {
            System.arraycopy(member, 0, all, i * member.length, member.length);
        }
        Files.write(bomb, all);

        assertThatThrownBy(() -> Importers.read(bomb, format, new Recorded(), ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(bomb.toString())
                .satisfies(e -> assertThat(e.getMessage())
                        .containsAnyOf("unpacks to more than 200 times its size", "line is too long", "is not CSV"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kineto", "straggler", "vllm"})
    void deepNestingIsRefused(String format) throws IOException {
        Path file = folder.resolve("deep.json");
        String start =
                switch (format) {
                    case "straggler" -> "[{\"args\":";
                    case "vllm" -> "{\"a\":";
                    default -> "{\"traceEvents\": [{\"args\": {\"Input Dims\": ";
                };
        Samples.write(file, start + "[".repeat(1_000_000));

        assertThatThrownBy(() -> Importers.read(file, format, new Recorded(), ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ":1: is not JSON at column ");
    }

    @Test
    void everyCutOfATimelineIsNoticed() throws IOException {
        byte[] whole = Samples.STRAGGLER.strip().getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("cut.json");
        for (int length = 1; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Importers.read(file, "straggler", new Recorded(), ImportProgress.SILENT))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("is cut off");
        }
    }

    private static Map<Path, byte[]> write(String sample, Path to) throws IOException {
        Map<Path, byte[]> files = new LinkedHashMap<>();
        switch (sample) {
            case "ascend" -> {
                Path rank = Samples.ascend(to, 0);
                for (String name : Samples.ASCEND_FILES) {
                    files.put(rank.resolve(name), Files.readAllBytes(rank.resolve(name)));
                }
            }
            case "kineto", "kineto.gz" -> {
                Files.createDirectories(to);
                boolean packed = sample.endsWith(".gz");
                for (int rank = 0; rank < 2; rank++) {
                    byte[] text = Samples.kineto(rank, 100 * rank).getBytes(StandardCharsets.UTF_8);
                    files.put(
                            to.resolve("rank" + rank + (packed ? ".json.gz" : ".json")), packed ? Gzip.of(text) : text);
                }
            }
            case "straggler.gz" -> files.put(to, Gzip.of(Samples.STRAGGLER.getBytes(StandardCharsets.UTF_8)));
            default -> {
                String text =
                        switch (sample) {
                            case "mooncake" -> Samples.MOONCAKE;
                            case "azure" -> Samples.AZURE;
                            case "burstgpt" -> Samples.BURSTGPT_OLD;
                            case "burstgpt3" -> Samples.BURSTGPT_NEW;
                            case "vllm" -> Samples.VLLM;
                            default -> Samples.STRAGGLER;
                        };
                files.put(to, text.getBytes(StandardCharsets.UTF_8));
            }
        }
        for (Map.Entry<Path, byte[]> file : files.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
        return files;
    }

    /**
     * One to three of: a cut, a flipped bit, a foreign byte, a stretch twice, two stretches swapped, a digit too many, a
     * thousand brackets, another encoding.
     */
    private static byte[] mutated(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int times = random.nextInt(1, 4); times > 0 && bytes.length > 2; times--) {
            int at = random.nextInt(bytes.length - 1);
            int end = at + 1 + random.nextInt(Math.min(40, bytes.length - at - 1));
            switch (random.nextInt(9)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1, 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> bytes[at] = FOREIGN.getBytes(StandardCharsets.ISO_8859_1)[random.nextInt(14)];
                case 4 -> bytes = inserted(bytes, at, Arrays.copyOfRange(bytes, at, end));
                case 5 -> bytes[at] = (byte) ('0' + random.nextInt(10));
                case 6 ->
                    bytes = inserted(
                            bytes, at, "9".repeat(random.nextInt(1, 60)).getBytes(StandardCharsets.US_ASCII));
                case 7 -> {
                    String text = random.nextInt(4) > 0
                            ? "-"
                            : random.nextBoolean() ? "[".repeat(1_000) : new String(bytes, StandardCharsets.UTF_16BE);
                    bytes = inserted(bytes, at, text.getBytes(StandardCharsets.UTF_8));
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

    private static byte[] inserted(byte[] bytes, int at, byte[] more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, longer, at, more.length);
        System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
        return longer;
    }
}
