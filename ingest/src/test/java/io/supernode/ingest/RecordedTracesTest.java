package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The figures of the recordings' own book of truth (TRUTH.json beside them), which another program has counted. */
class RecordedTracesTest {
    private final Recorded recorded = new Recorded();

    @Test
    void mooncakeConversation() throws IOException {
        ImportReport report = read("mooncake_conversation_0-2400s.jsonl");

        assertThat(report.format()).isEqualTo("mooncake");
        assertThat(report.requests()).isEqualTo(7_851);
        assertThat(report.inputTokens()).isEqualTo(97_571_920);
        assertThat(report.outputTokens()).isEqualTo(2_724_903);
        assertThat(report.originEpochNanos()).isZero();
        assertThat(report.spanNanos()).isEqualTo(2_397_000_000_000L);
        assertThat(report.notes()).isEmpty();
        assertThat(recorded.requests.stream()
                        .mapToLong(r -> r.prefixBlocks().length)
                        .sum())
                .isEqualTo(194_284);
        assertThat(recorded.requests.stream()
                        .mapToLong(r -> r.arrivalNanos())
                        .distinct()
                        .count())
                .isEqualTo(800);
    }

    @Test
    void azureConversation() throws IOException {
        ImportReport report = read("AzureLLMInferenceTrace_conv.csv");

        assertThat(report.format()).isEqualTo("azure");
        assertThat(report.requests()).isEqualTo(19_366);
        assertThat(report.inputTokens()).isEqualTo(22_361_870);
        assertThat(report.outputTokens()).isEqualTo(4_088_665);
        assertThat(report.originEpochNanos()).isEqualTo(1_700_158_546_680_590_000L);
        assertThat(report.spanNanos()).isEqualTo(1_700_162_048_402_527_000L - 1_700_158_546_680_590_000L);
    }

    private ImportReport read(String name) throws IOException {
        return Importers.read(recording(name), "auto", recorded, ImportProgress.SILENT);
    }

    static Path recording(String name) {
        Path file = Path.of(System.getProperty("traces.dir", "../../shared/traces"), "requests", name);
        Assumptions.assumeTrue(Files.exists(file), () -> "recorded traces are not here, set -Dtraces.dir: " + file);
        return file;
    }
}
