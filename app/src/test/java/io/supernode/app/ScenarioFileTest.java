package io.supernode.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioFileTest {
    @TempDir
    Path folder;

    @Test
    void nestedAndDottedKeysAreTheSame() throws Exception {
        ScenarioFile nested = find("workload: llama3-405b\nlayout:\n  tp: 8\n  pp: 16\nseed: 7\n");
        ScenarioFile dotted = find("workload: llama3-405b\nlayout.tp: 8\nlayout.pp: 16\nseed: 7\n");

        assertThat(nested.settings())
                .isEqualTo(dotted.settings())
                .containsEntry("layout.pp", "16")
                .containsEntry("seed", "7");
        assertThat(nested.where("layout.pp")).endsWith("mine.yaml:4");
        assertThat(nested.where("layout.dp")).endsWith("mine.yaml");
        assertThat(nested.name()).isEqualTo("mine");
    }

    @Test
    void valuesStayAsTheyAreWritten() throws Exception {
        // YAML would make a number of 1e3, a boolean of yes, and sixty-based minutes of 10:30
        ScenarioFile file = find("workload: llama3-405b\na: 4Mi\nb: 1e3\nc: yes\nd: 10:30\ne: 010\n");

        assertThat(file.settings())
                .containsEntry("a", "4Mi")
                .containsEntry("b", "1e3")
                .containsEntry("c", "yes")
                .containsEntry("d", "10:30")
                .containsEntry("e", "010");
    }

    @Test
    void builtInScenariosNeedNoFile() throws Exception {
        assertThat(ScenarioFile.find("llama3-405b").settings()).isEmpty();
        assertThat(ScenarioFile.find("llama3-405b").name()).isEqualTo("llama3-405b");
    }

    @Test
    void whatIsWrongIsToldWithItsLine() {
        refused("workload: llama3-405b\nseed: 1\nseed: 2\n", "mine.yaml:3: seed is given twice (first on line 2)");
        refused(
                "workload: llama3-405b\nlayout: [16, 8, 3]\n",
                "mine.yaml:2: layout: one value is expected, not a list");
        refused("workload: llama3-405b\nlayout: {tp: 16\n", "mine.yaml:3: not YAML");
        refused("just text\n", "mine.yaml:1: not a scenario");
        refused("", "mine.yaml:1: not a scenario");
        refused("seed: 1\n", "mine.yaml: workload is missing");
    }

    @Test
    void neitherFileNorName() {
        assertThatThrownBy(() -> ScenarioFile.find("lama3"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("--scenario lama3")
                .hasMessageContaining("llama3-405b");
    }

    private void refused(String text, String message) {
        assertThatThrownBy(() -> find(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    private ScenarioFile find(String text) throws ConfigurationException, IOException {
        return ScenarioFile.find(
                Files.writeString(folder.resolve("mine.yaml"), text).toString());
    }
}
