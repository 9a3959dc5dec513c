package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.disturbance.Arrivals;
import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.FaultKind;
import io.supernode.event.StepEvent;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Checkpoints: what they cost by the equations, and what of it a run tells. */
class CheckpointTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void itIsOffUnlessItIsAskedFor() {
        assertThat(Scenario.of("llama3-405b", Map.of()).answer().partsSeconds()).doesNotContainKey("checkpoint");
    }

    @Test
    void allParametersInFourteenBytesGoToStorageOnce() {
        // 405.85e9 parameters x 14 B = 5.68 TB; a tenth of what 48 nodes' own ways take
        Answer calm = Scenario.of("llama3-405b", Map.of()).answer();
        Answer answer = Scenario.of("llama3-405b", Map.of("checkpoint.steps", "10", "checkpoint.rate", "240GB/s"))
                .answer();
        double seconds = 10 * answer.partsSeconds().get("checkpoint");
        // the first and the last stage hold a layer less and the vocabulary's matrix more: within a few percent of even
        assertThat(seconds).isCloseTo(405.85e9 * 14 / 240e9, withPercentage(4)).isGreaterThan(405.85e9 * 14 / 240e9);
        assertThat(answer.stepSeconds().orElseThrow())
                .isCloseTo(calm.stepSeconds().orElseThrow() + seconds / 10, within(1e-9));
    }

    @Test
    void expertsAreWrittenOnceToo() {
        Answer answer = Scenario.of("deepseek-v3", Map.of("checkpoint.steps", "1", "checkpoint.rate", "1TB/s"))
                .answer();
        // the fullest stage has 11 of 58 expert layers, a sixth would be 9.67
        assertThat(answer.partsSeconds().get("checkpoint"))
                .isCloseTo(671.0e9 * 14 / 1e12 * 11 / 9.67, withPercentage(1));
    }

    @Test
    void everyThirdStepIsLongerByItAndAllWaitForTheLastToWrite() {
        Map<Integer, Long> with = lengths(job("3"), null);
        Map<Integer, Long> without = lengths(job("0"), null);
        Scenario scenario = job("3");
        long seconds = Math.round(3e9 * scenario.answer().partsSeconds().get("checkpoint"));
        for (int step = 0; step < 9; step++) {
            long longer = step % 3 == 2 ? seconds : 0;
            assertThat(with.get(step) - without.get(step)).as("step %d", step).isCloseTo(longer, within(2L));
        }
        List<BusEvent> writes = writes(scenario, null);
        assertThat(writes).hasSize(3 * 16);
        assertThat(writes.stream()
                        .collect(Collectors.groupingBy(BusEvent::step))
                        .keySet())
                .containsExactly(2, 5, 8);
        for (int step : new int[] {2, 5, 8}) {
            List<BusEvent> of = writes.stream().filter(e -> e.step() == step).toList();
            assertThat(of).extracting(e -> e.startNanos() + e.durationNanos()).containsOnly(end(of.get(0)));
            assertThat(of).allMatch(e -> e.waitNanos() >= 0 && e.sentBytes() == 0 && e.groupSize() == 16);
            assertThat(of.stream().mapToLong(BusEvent::waitNanos).min().orElseThrow())
                    .isZero();
        }
    }

    @Test
    void aCardThatIsLostWhileItWritesWritesAgain() {
        BusEvent write = writes(job("3"), null).stream()
                .filter(e -> e.waitNanos() == 0)
                .findFirst()
                .orElseThrow();
        long lost = end(write) - 1000;
        Disturbance d = new Disturbance(0, FaultKind.CARD_LOST, write.card(), 1, -1, -1, lost, lost + 40 * SECOND, 1);
        BusEvent again = writes(job("3"), d).stream()
                .filter(e -> e.card() == write.card())
                .findFirst()
                .orElseThrow();
        assertThat(again.startNanos()).isEqualTo(lost + 40 * SECOND);
        assertThat(again.durationNanos() - again.waitNanos()).isEqualTo(write.durationNanos() - write.waitNanos());
    }

    @Test
    void whatCannotBeIsNamed() {
        assertThatThrownBy(() -> Scenario.of("llama3-405b", Map.of("checkpoint.steps", "-1")))
                .hasMessageContaining("checkpoint.steps");
        assertThatThrownBy(() -> Scenario.of("llama3-405b", Map.of("checkpoint.rate", "0GB/s")))
                .hasMessageContaining("checkpoint.rate");
    }

    private static long end(BusEvent e) {
        return e.startNanos() + e.durationNanos();
    }

    /** 16 cards, steps of a second or two, storage of 100 GB/s. */
    private static Scenario job(String steps) {
        return Scenario.of(
                "small",
                Map.ofEntries(
                        Map.entry("workload", "small"),
                        Map.entry("model.layers", "4"),
                        Map.entry("model.hidden", "4096"),
                        Map.entry("model.heads", "32"),
                        Map.entry("model.keyValueHeads", "8"),
                        Map.entry("model.feedForward", "14336"),
                        Map.entry("model.vocabulary", "32000"),
                        Map.entry("machine.cards", "16"),
                        Map.entry("layout.sequence", "4096"),
                        Map.entry("layout.tp", "4"),
                        Map.entry("layout.pp", "2"),
                        Map.entry("layout.dp", "2"),
                        Map.entry("layout.globalBatchTokens", "262144"),
                        Map.entry("checkpoint.steps", steps),
                        Map.entry("checkpoint.rate", "100GB/s")));
    }

    private static EventSource run(Scenario scenario, Disturbance d) {
        return d == null
                ? scenario.events()
                : scenario.run().from(0, new DisturbanceSchedule(Disturbances.of(List.of(d)), Arrivals.NONE));
    }

    private static Map<Integer, Long> lengths(Scenario scenario, Disturbance d) {
        Map<Integer, Long> lengths = new HashMap<>();
        EventSource run = run(scenario, d);
        EventBatch batch = new EventBatch();
        while (!lengths.containsKey(8)) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.STEP) {
                    StepEvent step = batch.stepEvent(i);
                    lengths.put(step.step(), step.durationNanos());
                }
            }
        }
        return lengths;
    }

    private static List<BusEvent> writes(Scenario scenario, Disturbance d) {
        List<BusEvent> writes = new ArrayList<>();
        EventSource run = run(scenario, d);
        EventBatch batch = new EventBatch();
        while (writes.size() < 3 * 16) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.BUS && batch.busOp(i) == BusOp.BARRIER) {
                    writes.add(batch.bus(i));
                }
            }
        }
        return writes;
    }
}
