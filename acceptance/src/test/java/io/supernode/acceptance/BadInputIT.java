package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong is told in one line: what, where, and what would be accepted; and by the exit code. */
class BadInputIT {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int INPUT = 3;

    private static final String MOONCAKE_LINE =
            "{\"timestamp\": %d, \"input_length\": %d, \"output_length\": 50, \"hash_ids\": [1, 2]}%n";
    private static final String AZURE_HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

    @TempDir
    Path folder;

    @Test
    void aFileThatIsNotThere() {
        expect(INPUT, "import", "--format", "auto", "nowhere.jsonl", "-o", "m.avro")
                .contains("nowhere.jsonl");
        expect(INPUT, "info", "nowhere.avro").contains("nowhere.avro");
        expect(INPUT, "run", "--trace", "nowhere.avro", "--scenario", "deepseek-r1-serving")
                .contains("nowhere.avro");
    }

    @Test
    void aTraceThatWasCutOff() throws IOException {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            log.append(String.format(MOONCAKE_LINE, i * 100L, 1000 + i * 7919 % 9973));
        }
        Files.writeString(folder.resolve("log.jsonl"), log);
        Supernode.Result imported = run("import", "--format", "mooncake", "log.jsonl", "-o", "whole.avro");
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        byte[] whole = Files.readAllBytes(folder.resolve("whole.avro"));
        Files.write(folder.resolve("cut.avro"), Arrays.copyOf(whole, whole.length * 2 / 3));

        expect(INPUT, "info", "cut.avro").contains("cut.avro");
        expect(INPUT, "run", "--trace", "cut.avro", "--scenario", "deepseek-r1-serving", "--data-dir", "data")
                .contains("cut.avro");
    }

    @Test
    void aColumnOfAnotherName() throws IOException {
        Files.writeString(
                folder.resolve("log.csv"),
                "TIMESTAMP,ContextTokenz,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n");

        expect(INPUT, "import", "--format", "azure", "log.csv", "-o", "m.avro")
                .contains("log.csv")
                .contains("ContextTokens");
        assertThat(folder.resolve("m.avro")).as("nothing half-done is left").doesNotExist();
    }

    @Test
    void tokensBelowZero() throws IOException {
        Files.writeString(
                folder.resolve("log.csv"),
                AZURE_HEADER + "2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,-5,109\n");

        expect(INPUT, "import", "--format", "azure", "log.csv", "-o", "m.avro")
                .contains("log.csv")
                .contains("3")
                .contains("-5");
    }

    @Test
    void aTimeThatGoesBackwards() throws IOException {
        Files.writeString(
                folder.resolve("log.jsonl"),
                String.format(MOONCAKE_LINE, 1000, 10)
                        + String.format(MOONCAKE_LINE, 2000, 10)
                        + String.format(MOONCAKE_LINE, 500, 10));

        expect(INPUT, "import", "--format", "mooncake", "log.jsonl", "-o", "m.avro")
                .contains("log.jsonl")
                .contains("3")
                .contains("500");
    }

    @Test
    void aKeyThatNoScenarioHas() {
        expect(USAGE, "model", "--scenario", "llama3-405b", "--set", "layout.tpp=16")
                .contains("layout.tpp")
                .contains("layout.tp");
    }

    @Test
    void aLayoutThatDoesNotFillTheMachine() {
        // 7 x 8 x 3 = 168 of 384 cards
        expect(USAGE, "model", "--scenario", "llama3-405b", "--set", "layout.tp=7")
                .contains("384")
                .contains("7");
    }

    @Test
    void aScenarioThatDoesNotExist() {
        expect(USAGE, "model", "--scenario", "lama3-405b")
                .contains("lama3-405b")
                .contains("llama3-405b");
    }

    @Test
    void anOptionThatDoesNotExist() {
        Supernode.Result result = run("run", "--sped", "10x");
        assertThat(result.exitCode()).isEqualTo(USAGE);
        assertThat(result.err()).contains("--sped").doesNotContain("\tat ");
    }

    @Test
    void aBrokerThatDoesNotAnswer() {
        String nobody = "127.0.0.1:" + Http.freePort();
        Supernode.Result result = run("replay", "--scenario", "llama3-405b", "--duration", "1s", "--kafka", nobody);

        assertThat(result.took()).isLessThan(Duration.ofSeconds(20)); // 15 s, and the start of a virtual machine
        assertOneLine(FAILED, result).contains(nobody);
    }

    @Test
    void aPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Supernode.Result result = run("up", "--listen", address, "--data-dir", "data");

            assertOneLine(FAILED, result).contains(Integer.toString(taken.getLocalPort()));
            assertThat(result.took()).isLessThan(Duration.ofSeconds(30));
        }
    }

    private Supernode.Result run(String... arguments) {
        return Supernode.run(folder, Duration.ofSeconds(90), arguments);
    }

    private org.assertj.core.api.AbstractStringAssert<?> expect(int exitCode, String... arguments) {
        return assertOneLine(exitCode, run(arguments));
    }

    private static org.assertj.core.api.AbstractStringAssert<?> assertOneLine(int exitCode, Supernode.Result result) {
        assertThat(result.exitCode()).as("stderr: %s", result.err()).isEqualTo(exitCode);
        assertThat(result.out()).as("data only on standard output").isEmpty();
        assertThat(result.errorLines()).hasSize(1);
        return assertThat(result.errorLines().get(0))
                .doesNotContain("Exception")
                .doesNotContain("null");
    }
}
