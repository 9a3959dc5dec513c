package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * {@code compose.yaml} as it is, but for Grafana (nothing depends on it): the job runs on the Flink cluster, what the
 * model did comes out of the exporter, and Prometheus has it. Its ports and images are the test's own.
 */
class ComposeIT {
    private static final List<String> SERVICES =
            List.of("kafka", "topics", "jobmanager", "taskmanager", "replay", "exporter", "prometheus");

    @Test
    void theStackComesUpAndTheModelIsSeenAtItsFarEnd() {
        Requirement.CONTAINERS.demand(Tool.hasContainers());
        try (ComposeStack stack = new ComposeStack("whole").with("SUPERNODE_SPEED", "10x")) {
            stack.up(SERVICES);
            stack.until("the job runs on the Flink cluster", Duration.ofSeconds(120), stack::jobRuns);
            stack.until("tokens of 384 cards at the exporter", Duration.ofSeconds(120), () -> cards(stack) == 384);
            stack.until(
                    "the same in Prometheus",
                    Duration.ofSeconds(60),
                    () -> Http.query(
                                    stack.prometheusPort(),
                                    "count(count by (card) (supernode_card_tokens_total{card!=\"\"}))")
                            == 384);
            stack.until(
                    "tokens that grow in Prometheus",
                    Duration.ofSeconds(90),
                    () -> Http.query(stack.prometheusPort(), "sum(rate(supernode_card_tokens_total{card!=\"\"}[1m]))")
                            > 0);
            stack.until(
                    "checkpoints of the job",
                    Duration.ofSeconds(60),
                    () -> Http.query(stack.prometheusPort(), "max(flink_jobmanager_job_numberOfCompletedCheckpoints)")
                            > 0);
            assertNobodyIsRoot(stack);
        }
    }

    private static long cards(ComposeStack stack) {
        return Http.get(stack.exporterUri() + "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("supernode_card_tokens_total{") && line.contains("card=\""))
                .count();
    }

    private static void assertNobodyIsRoot(ComposeStack stack) {
        for (String service : List.of("kafka", "jobmanager", "taskmanager", "replay", "exporter", "prometheus")) {
            Supernode.Result id = stack.compose(Duration.ofSeconds(20), List.of("exec", "-T", service, "id", "-u"));
            assertThat(id.out().trim()).as("user of %s", service).isNotEmpty().isNotEqualTo("0");
        }
    }
}
