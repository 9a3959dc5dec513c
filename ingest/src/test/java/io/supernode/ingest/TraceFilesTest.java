package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.replay.TraceRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFilesTest {
    private static final String LINE = "{\"timestamp\": 5, \"input_length\": 600, \"output_length\": 7}\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mooncake_conversation_0-2400s.jsonl", "AzureLLMInferenceTrace_conv.csv"})
    void theTraceHoldsEveryRequestOfTheRecording(String name) throws IOException {
        Path recording = RecordedTracesTest.recording(name);
        Path trace = folder.resolve("a.trace");
        Recorded expected = new Recorded();
        Importers.read(recording, "auto", expected, ImportProgress.SILENT);

        ImportReport report = Importers.importFile(recording, "auto", trace, ImportProgress.SILENT);

        try (TraceRequests requests = TraceRequests.open(trace)) {
            assertThat(requests.metadata().sourceFormat()).isEqualTo(report.format());
            assertThat(requests.metadata().originEpochNanos()).isEqualTo(report.originEpochNanos());
            assertThat(requests).toIterable().containsExactlyElementsOf(expected.requests);
        }
        assertThat(files()).as("nothing else is left").containsExactly(trace);
    }

    @Test
    void theOffsetOfACutLogIsKept() throws IOException {
        Path trace = folder.resolve("a.trace");

        Importers.importFile(write(LINE), "mooncake", trace, ImportProgress.SILENT);

        try (TraceRequests requests = TraceRequests.open(trace)) {
            assertThat(requests.metadata().originEpochNanos()).isZero();
            assertThat(requests.metadata().notes()).containsEntry("offsetNanos", "5000000");
            assertThat(requests.next().arrivalNanos()).isZero();
        }
    }

    @Test
    void aBadRecordingLeavesNoTraceAndSparesTheOldOne() throws IOException {
        Path log = write(LINE + LINE.replace("600", "-600"));
        Path old = Files.writeString(folder.resolve("old.trace"), "old");

        assertThatThrownBy(() -> Importers.importFile(log, "auto", old, ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(log + ":2: must be >= 0: input_length=-600");

        assertThat(old).hasContent("old");
        assertThat(files()).containsExactlyInAnyOrder(log, old);
    }

    @Test
    void aRecordingIsNeverItsOwnTrace() throws IOException {
        Path log = write(LINE);

        assertThatThrownBy(() -> Importers.importFile(log, "auto", log, ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessage(log + ": would be overwritten by its trace; accepted: another file to write to");
        assertThat(log).hasContent(LINE);
    }

    @Test
    void aTraceThatCannotBeWrittenIsNotTheRecordingsFault() throws IOException {
        Path log = write(LINE);
        Path nowhere = folder.resolve("none").resolve("a.trace");

        assertThatThrownBy(() -> Importers.importFile(log, "auto", nowhere, ImportProgress.SILENT))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(InputException.class)
                .hasMessage(nowhere + ": cannot be written: no such folder");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("log"), text);
    }

    private Stream<Path> files() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.toList().stream();
        }
    }
}
