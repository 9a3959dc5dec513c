package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.app.Console;
import io.supernode.app.ExitCode;
import io.supernode.app.Interrupt;
import io.supernode.replay.TraceMetadata;
import io.supernode.replay.TraceWriter;
import io.supernode.serving.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs that need no broker, and what is said when a command line cannot be meant. */
class CliTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @Test
    void theModelAnswersAsTextAndAsJson() {
        assertThat(run("model")).isEqualTo(ExitCode.OK);
        assertThat(out()).contains("llama3-405b on cloudmatrix384", "tokens/s per card", "tensor parallel");
        assertThat(run("model", "--format", "json")).isEqualTo(ExitCode.OK);
        assertThat(out())
                .contains(
                        "\"cards\" : 384",
                        "\"peak_flops\"",
                        "\"step_seconds\"",
                        "\"parts_seconds\"",
                        "\"tokens_per_second_per_card\"",
                        "\"model_flops_utilization_with_attention\"",
                        "\"same_node\"");
        assertThat(err()).isEmpty();
    }

    @Test
    void anImportInPartsIsOneTraceToEveryVerb() throws IOException {
        Path log = folder.resolve("log.jsonl");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 60; i++) { // one a second
            lines.append("{\"timestamp\": ")
                    .append(1000 * i)
                    .append(", \"input_length\": 5, \"output_length\": 7, \"hash_ids\": [0]}\n");
        }
        Files.writeString(log, lines);
        String whole = folder.resolve("whole.avro").toString();
        String parts = folder.resolve("parts").toString();
        assertThat(run("import", log.toString(), "-o", whole)).isEqualTo(ExitCode.OK);
        assertThat(run("import", log.toString(), "-o", parts, "--split", "20s")).isEqualTo(ExitCode.OK);
        assertThat(Path.of(parts).resolve("part-00002.avro")).exists();
        assertThat(Path.of(parts).resolve("part-00003.avro")).doesNotExist();
        assertThat(run("verify", whole, parts)).as(err()).isEqualTo(ExitCode.OK);
        assertThat(run("info", parts, "--format", "json")).isEqualTo(ExitCode.OK);
        assertThat(out()).contains("\"records\" : 60", "\"input\" : 300", "\"writer\" : \"supernode");
        assertThat(run("info", parts + "/part-00001.avro", "--format", "json")).isEqualTo(ExitCode.OK);
        assertThat(out()).contains("\"records\" : 20");

        err.reset();
        assertThat(run("import", log.toString(), "-o", parts, "--split", "20s")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains(parts + ": is there already").hasLineCount(1);
        err.reset();
        assertThat(run("import", log.toString(), "-o", parts, "--split", "often"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("must be a size or a time above 0, such as 1GB or 10m: often");
    }

    @Test
    void twoScenariosAreComparedAsTextAndAsJson() throws IOException {
        assertThat(run("compare", "llama3-405b", "llama3-405b-ethernet-910b")).isEqualTo(ExitCode.OK);
        assertThat(out())
                .contains("llama3-405b on cloudmatrix384", "llama3-405b on ethernet-910b", "tensor parallel", "█")
                .contains("with attention", "sent, all cards", "power")
                .containsPattern("2\\.[1-8]\\d\\d = silicon [12]\\.\\d+ x network 1\\.\\d+ x layout 1\\.000");
        assertThat(run("compare", "llama3-405b", "llama3-405b-ethernet-910b", "--format", "json"))
                .isEqualTo(ExitCode.OK);
        assertThat(out())
                .containsSubsequence(
                        "\"left\" : {",
                        "\"machine\" : \"cloudmatrix384\"",
                        "\"right\" : {",
                        "\"machine\" : \"ethernet-910b\"",
                        "\"ratio\" : {",
                        "\"tokens_per_second_per_card\" : 2.",
                        "\"decomposition\" : {",
                        "\"silicon\" : ",
                        "\"network\" : ",
                        "\"layout\" : 1.0");
    }

    @Test
    void aComparisonTakesSettingsOfBothAndOfEachSide() {
        run("compare", "llama3-8b", "llama3-8b", "--set", "layout.sequence=4096", "--format", "json");
        assertThat(out()).contains("\"tokens_per_second_per_card\" : 1.0");
        run("compare", "llama3-405b", "llama3-405b", "--right-set", "layout.virtualStages=2", "--format", "json");
        assertThat(out()).contains("\"layout\" : 0.9");
        run(
                "compare",
                "llama3-405b",
                "llama3-405b",
                "--left-set",
                "machine.card=ascend-910c-800tf",
                "--format",
                "json");
        assertThat(out()).contains("\"silicon\" : 1.0").contains("\"network\" : 1.0");
        refused(ExitCode.USAGE, "layout.tpp", "layout.tp")
                .run("compare", "llama3-405b", "llama3-405b", "--left-set", "layout.tpp=2");
        refused(ExitCode.USAGE, "--right-set nonsense", "KEY=VALUE")
                .run("compare", "llama3-405b", "llama3-405b", "--right-set", "nonsense");
        refused(ExitCode.USAGE, "RIGHT").run("compare", "llama3-405b");
        refused(ExitCode.USAGE, "llama4", "llama3-405b").run("compare", "llama4", "llama3-405b");
    }

    @Test
    void aFileStandsWhereAMachineOrAModelIsNamed() throws IOException {
        Path machine = Files.writeString(folder.resolve("pod.yaml"), """
                base: h100-roce
                cards: 64
                scaleOut: {rate: 200Gb/s}
                collective: ring
                """);
        Path model = Files.writeString(folder.resolve("small.yaml"), """
                layers: 40
                hidden: 5120
                heads: 40
                keyValueHeads: 8
                feedForward: 13824
                vocabulary: 100k
                """);
        String[] both = {"--set", "machine=" + machine, "--set", "workload=" + model, "--format", "json"};
        assertThat(run(with(both, "model", "--set", "layout.globalBatchTokens=1Mi")))
                .as(err())
                .isEqualTo(ExitCode.OK);
        assertThat(out()).contains("\"machine\" : \"pod\"", "\"workload\" : \"small\"", "\"cards\" : 64");
        assertThat(run(with(both, "model", "--set", "layout.globalBatchTokens=1Mi", "--set", "machine.cards=32")))
                .as(err())
                .isEqualTo(ExitCode.OK);
        assertThat(out()).contains("\"cards\" : 32");
        assertThat(run(
                        "compare",
                        "llama3-70b",
                        "llama3-70b",
                        "--set",
                        "layout.dp=2",
                        "--right-set",
                        "machine=" + machine,
                        "--left-set",
                        "machine.cards=64"))
                .as(err())
                .isEqualTo(ExitCode.OK);
        assertThat(out()).contains("llama3-70b on pod");

        // beside the scenario that names it
        Path scenario = Files.writeString(folder.resolve("job.yaml"), """
                machine: pod.yaml
                model: small.yaml
                layout.globalBatchTokens: 1Mi
                machine.cards: 128
                """);
        assertThat(run("model", "--scenario", scenario.toString())).as(err()).isEqualTo(ExitCode.OK);
        assertThat(out()).contains("small on pod: 128 cards");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            machine  | base: h100-roce\\ncards: 7                | part.yaml:2: must be a multiple of 8
            machine  | base: h100-rose                          | part.yaml:1: unknown machine: h100-rose
            machine  | base: h100-roce\\ncard: {memory: much}    | part.yaml:2: machine.card.memory: must be a size such as
            machine  | base: h100-roce\\ncardz: 64               | part.yaml:2: unknown key: machine.cardz, did you mean machine.card
            machine  | cards: 64                                | part.yaml: unknown machine: part, known: cloudmatrix384
            machine  | - 64                                     | part.yaml:1: not a scenario
            workload | hidden: 64                               | part.yaml: layers is missing
            workload | layers: 4\\nhidden: many                  | part.yaml:2: model.hidden: must be
            workload | layers: 4\\nlayerz: 4                     | part.yaml: model.hidden is missing
            workload | layers: 4                                | part.yaml: model.hidden is missing; a model of your own needs
            """)
    void aWrongMachineOrModelFileIsToldWithItsLine(String key, String text, String message) throws IOException {
        Path part = Files.writeString(folder.resolve("part.yaml"), text.replace("\\n", "\n"));
        refused(ExitCode.USAGE, message).run("model", "--set", key + "=" + part);
    }

    @Test
    void aMachineFileThatIsNotThereIsNamed() {
        refused(ExitCode.USAGE, "--set machine: no such file: ", "gone.yaml")
                .run("model", "--set", "machine=" + folder.resolve("gone.yaml"));
    }

    private static String[] with(String[] last, String... first) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(last)).toArray(String[]::new);
    }

    @Test
    void aMachineAndAModelOfOnesOwnComeFromAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.yaml"), """
                workload: mine
                model: {layers: 40, hidden: 5120, heads: 40, keyValueHeads: 8, feedForward: 13824, vocabulary: 100k}
                machine: my-cluster
                machine.base: h100-roce
                machine.cards: 64
                machine.scaleOut.rate: 200Gb/s
                layout.globalBatchTokens: 1Mi
                """);
        assertThat(run("model", "--scenario", file.toString())).isEqualTo(ExitCode.OK);
        assertThat(out()).contains("mine on my-cluster: 64 cards");
        Files.writeString(file, "workload: mine\nmodel.layers: 40\nmachine.scaleOut.rate: 25\n");
        refused(ExitCode.USAGE, "mine.yaml:3: machine.scaleOut.rate: must be a rate such as 392GB/s")
                .run("model", "--scenario", file.toString());
    }

    @Test
    void aShownScenarioIsAFileThatMeansTheSame() throws IOException {
        run("model", "--scenario", "llama3-405b", "--set", "layout.dp=3", "--format", "json");
        String direct = out();
        run("scenarios", "llama3-405b");
        Path file = Files.writeString(folder.resolve("llama3-405b.yaml"), out());

        assertThat(run("model", "--scenario", file.toString(), "--format", "json"))
                .isEqualTo(ExitCode.OK);
        assertThat(out()).isEqualTo(direct);
    }

    @Test
    void scenariosAreListed() {
        assertThat(run("scenarios")).isEqualTo(ExitCode.OK);
        assertThat(out().lines()).anyMatch(line -> line.startsWith("deepseek-r1-serving "));
    }

    @Test
    void aWrongSettingIsToldWhereItStands() throws IOException {
        Path file =
                Files.writeString(folder.resolve("mine.yaml"), "workload: llama3-405b\nlayout:\n  tp: 16\n  pq: 8\n");

        refused(ExitCode.USAGE, "mine.yaml:4: ", "layout.pq").run("model", "--scenario", file.toString());
        refused(ExitCode.USAGE, "--set layout.tpp", "layout.tp").run("model", "--set", "layout.tpp=16");
        refused(ExitCode.USAGE, "384", "layout.tp").run("model", "--set", "layout.tp=8");
        refused(ExitCode.USAGE, "--set nonsense", "KEY=VALUE").run("model", "--set", "nonsense");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--speed=fast", "--duration=10", "--frame=-1", "--cards=9-3", "--events=smells", "--sped=1"})
    void aWrongFlagIsNamed(String flag) {
        refused(ExitCode.USAGE, flag.substring(0, flag.indexOf('='))).run("run", flag);
    }

    @Test
    void aTraceThatIsNotThereOrNotOne() throws IOException {
        Path text = Files.writeString(folder.resolve("text.avro"), "not a trace");
        refused(ExitCode.INPUT, "nowhere.avro")
                .run("info", folder.resolve("nowhere.avro").toString());
        refused(ExitCode.INPUT, "text.avro").run("run", "--trace", text.toString());
        refused(ExitCode.INPUT, "nowhere.jsonl").run("import", "nowhere.jsonl", "-o", "m.avro");
        refused(ExitCode.USAGE, "--format smoke", "mooncake").run("import", "x", "--format", "smoke", "-o", "m.avro");
    }

    @Test
    void aScenarioThatServesNeedsRequests() {
        refused(ExitCode.USAGE, "deepseek-r1-serving", "--trace").run("run", "--scenario", "deepseek-r1-serving");
    }

    @Test
    void aReportThatCouldNotBeWrittenIsToldBeforeTheRun() {
        refused(ExitCode.USAGE, "--report")
                .run("run", "--report", folder.resolve("no/where.json").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up",
                "run",
                "model",
                "compare",
                "import",
                "record",
                "replay",
                "info",
                "verify",
                "topics",
                "export",
                "scenarios"
            })
    void everyVerbHasHelp(String verb) {
        assertThat(run("help", verb)).isEqualTo(ExitCode.OK);
    }

    @Test
    void whatCannotBePlayedIsToldBeforeAnythingStarts() {
        refused(ExitCode.USAGE, "--loop", "--event-time shift", "monotone")
                .run("run", "--loop", "--event-time", "shift");
        refused(ExitCode.USAGE, "--event-time keep", "llama3-405b", "shift").run("run", "--event-time", "keep");
        refused(ExitCode.USAGE, "--end-offset", "--start-offset")
                .run("run", "--start-offset", "5s", "--end-offset", "4s");
        refused(ExitCode.USAGE, "--max-lateness", "1x").run("run", "--max-lateness", "10ms");
        refused(ExitCode.USAGE, "--start-paused", "terminal").run("replay", "--start-paused", "--speed", "1x");
        refused(ExitCode.USAGE, "--event-time").run("run", "--event-time", "yesterday");
        refused(ExitCode.USAGE, "--run soon", "latest").run("record", "-o", "t.avro", "--run", "soon");
        refused(ExitCode.USAGE, "-o no/t.avro").run("record", "-o", "no/t.avro");
    }

    @Test
    void tracesAreVerified() throws IOException {
        String whole = trace("whole.avro", 1_000);
        String other = trace("other.avro", 999);
        Path part = folder.resolve("cut.avro");
        byte[] bytes = Files.readAllBytes(Path.of(whole));
        Files.write(part, java.util.Arrays.copyOf(bytes, bytes.length - 400));
        Path unindexed = folder.resolve("unindexed.avro");
        Files.write(unindexed, java.util.Arrays.copyOf(bytes, bytes.length - 20));

        assertThat(run("verify", whole)).isEqualTo(ExitCode.OK);
        assertThat(out()).contains("whole, 1,000 records", "digest ");
        assertThat(run("verify", whole, whole)).isEqualTo(ExitCode.OK);
        assertThat(out()).contains("equal");
        refused(ExitCode.VERIFICATION, "request 999: ", "Request[index=999", "other.avro has none")
                .run("verify", whole, other);
        refused(ExitCode.VERIFICATION, "cut.avro", "the file ends inside").run("verify", part.toString());
        refused(ExitCode.VERIFICATION, "unindexed.avro", "the records are whole, the index behind them is not")
                .run("verify", unindexed.toString());
        assertThat(run("verify", whole, unindexed.toString())).isEqualTo(ExitCode.OK);
        refused(ExitCode.INPUT, "nowhere.avro").run("verify", "nowhere.avro");
        refused(ExitCode.USAGE, "--repair", "is there already").run("verify", part.toString(), "--repair", whole);

        String repaired = folder.resolve("repaired.avro").toString();
        assertThat(run("verify", part.toString(), "--repair", repaired)).isEqualTo(ExitCode.OK);
        assertThat(out()).contains("bytes lost", "the file ends inside");
        assertThat(run("verify", repaired)).isEqualTo(ExitCode.OK);
    }

    private String trace(String name, int requests) throws IOException {
        Path file = folder.resolve(name);
        try (TraceWriter writer = TraceWriter.create(file, TraceMetadata.of("supernode", 0))) {
            for (int i = 0; i < requests; i++) {
                writer.add(new Request(i, i * 1_000_000L, 10 + i, 5, new int[] {i}));
            }
        }
        return file.toString();
    }

    /** Runs a command line and checks that it is refused with one line that holds all parts. */
    @Test
    void whatCannotStandBesideAnotherMachineIsRefusedBeforeAnythingStarts() throws IOException {
        refused(ExitCode.USAGE, "--compare abacus", "unknown machine: abacus", "ethernet-910b")
                .run("up", "--compare", "abacus");
        refused(ExitCode.USAGE, "--compare gb200-nvl72", "cards").run("up", "--compare", "gb200-nvl72");
        refused(ExitCode.USAGE, "--compare with --report")
                .run(
                        "up",
                        "--compare",
                        "ethernet-910b",
                        "--report",
                        folder.resolve("r.json").toString());
    }

    private Refusal refused(int code, String... parts) {
        return arguments -> {
            assertThat(run(arguments)).as(err()).isEqualTo(code);
            assertThat(out()).isEmpty();
            assertThat(err().lines()).as(err()).hasSize(1);
            assertThat(err()).contains(parts).doesNotContain("Exception", "null");
        };
    }

    @FunctionalInterface
    private interface Refusal {
        void run(String... arguments);
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return Cli.execute(console, new Interrupt(), arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
