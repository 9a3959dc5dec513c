package io.supernode.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DashboardFilesTest {
    private static final Path FOLDER = Path.of("dashboards");

    @Test
    void theFilesAreWhatTheBuilderMakes() throws IOException {
        Map<String, String> made = Dashboards.files();
        if (Boolean.getBoolean("grafana.update")) {
            for (Map.Entry<String, String> file : made.entrySet()) {
                Files.writeString(FOLDER.resolve(file.getKey()), file.getValue());
            }
            return;
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(made.keySet());
        }
        for (Map.Entry<String, String> file : made.entrySet()) {
            assertThat(Files.readString(FOLDER.resolve(file.getKey())))
                    .as(file.getKey() + ", rewritten by: ./mvnw -pl grafana -am test -Dtest=DashboardFilesTest"
                            + " -Dsurefire.argLine=-Dgrafana.update=true -Dsurefire.failIfNoSpecifiedTests=false")
                    .isEqualTo(file.getValue());
        }
    }
}
