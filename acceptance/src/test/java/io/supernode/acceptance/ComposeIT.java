package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * {@code compose.yaml} as it is, but for Grafana (nothing depends on it): the job runs on the Flink cluster, what the
 * model did comes out of the exporter, and Prometheus has it. Its ports and images are the test's own.
 */
class ComposeIT {
    private static final List<String> SERVICES =
            List.of("kafka", "topics", "jobmanager", "taskmanager", "replay", "exporter", "prometheus");

    private final Map<String, String> environment = new HashMap<>();
    private final String project = "supernode-it-" + ProcessHandle.current().pid();
    private final int exporter = port("SUPERNODE_HTTP_PORT");
    private final int prometheus = port("SUPERNODE_PROMETHEUS_PORT");
    private final int flink = port("SUPERNODE_FLINK_PORT");
    private final int kafka = port("SUPERNODE_KAFKA_PORT");

    private int port(String variable) {
        int port = Http.freePort();
        environment.put(variable, Integer.toString(port));
        return port;
    }

    @Test
    void theStackComesUpAndTheModelIsSeenAtItsFarEnd() {
        Requirement.CONTAINERS.demand(Tool.hasContainers());
        environment.put("SUPERNODE_IMAGE", project + ":latest");
        environment.put("SUPERNODE_JOB_IMAGE", project + "-job:latest");
        environment.put("SUPERNODE_SPEED", "10x");
        try {
            List<String> up = new ArrayList<>(List.of("up", "-d", "--build"));
            up.addAll(SERVICES);
            assertThat(compose(Duration.ofMinutes(5), up).exitCode())
                    .as(this::logs)
                    .isZero();

            until("the job runs on the Flink cluster", Duration.ofSeconds(120), this::jobRuns);
            until("tokens of 384 cards at the exporter", Duration.ofSeconds(120), () -> cards() == 384);
            until(
                    "the same in Prometheus",
                    Duration.ofSeconds(60),
                    () -> Http.query(prometheus, "count(count by (card) (supernode_card_tokens_total{card!=\"\"}))")
                            == 384);
            until(
                    "tokens that grow in Prometheus",
                    Duration.ofSeconds(90),
                    () -> Http.query(prometheus, "sum(rate(supernode_card_tokens_total{card!=\"\"}[1m]))") > 0);
            until(
                    "checkpoints of the job",
                    Duration.ofSeconds(60),
                    () -> Http.query(prometheus, "max(flink_jobmanager_job_numberOfCompletedCheckpoints)") > 0);
            assertThat(kafka).as("the broker's outside port").isPositive();
            assertNobodyIsRoot();
        } finally {
            compose(Duration.ofMinutes(2), List.of("down", "-v", "-t", "5", "--remove-orphans"));
            docker(List.of("rmi", "-f", project + ":latest", project + "-job:latest"));
        }
        assertThat(docker(List.of("ps", "-aq", "--filter", "label=com.docker.compose.project=" + project))
                        .out())
                .as("containers left")
                .isBlank();
    }

    private boolean jobRuns() {
        Http.Answer answer = Http.get("http://127.0.0.1:" + flink + "/jobs/overview");
        if (answer.status() != 200) {
            return false;
        }
        JsonNode jobs = Supernode.parse(answer.body()).path("jobs");
        if (jobs.isEmpty()) {
            return false;
        }
        JsonNode job = jobs.get(0);
        return job.path("state").asText().equals("RUNNING")
                && job.path("tasks").path("running").asInt()
                        == job.path("tasks").path("total").asInt();
    }

    private long cards() {
        return Http.get("http://127.0.0.1:" + exporter + "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("supernode_card_tokens_total{") && line.contains("card=\""))
                .count();
    }

    private void assertNobodyIsRoot() {
        for (String service : List.of("kafka", "jobmanager", "taskmanager", "replay", "exporter", "prometheus")) {
            Supernode.Result id = compose(Duration.ofSeconds(20), List.of("exec", "-T", service, "id", "-u"));
            assertThat(id.out().trim()).as("user of %s", service).isNotEmpty().isNotEqualTo("0");
        }
    }

    private void until(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(() -> "not within " + limit + ": " + what + "\n" + logs())
                    .isLessThan(deadline);
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    private String logs() {
        return compose(Duration.ofSeconds(30), List.of("ps")).out()
                + compose(Duration.ofSeconds(60), List.of("logs", "--no-color", "--tail", "25"))
                        .out();
    }

    private Supernode.Result compose(Duration limit, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("env"));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of("docker", "compose", "-p", project, "-f", "compose.yaml"));
        command.addAll(arguments);
        return Tool.run(Supernode.home(), limit, command);
    }

    private static Supernode.Result docker(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(arguments);
        return Tool.run(Path.of("."), Duration.ofMinutes(1), command);
    }
}
