package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import io.supernode.workload.TrainingWorkload;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that are larger than a supernode: replicas of the model in each, joined by the scale-out network. */
class SeveralSupernodesTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({"768, 6, 3Mi", "1152, 9, 3Mi"})
    void replicasMeetOverTheScaleOutNetworkAndNothingElseDoes(String cards, String replicas, String tokens) {
        Scenario scenario = job(cards, replicas, tokens);
        Set<BusOp> scaleOut = EnumSet.noneOf(BusOp.class);
        Set<BusOp> bus = EnumSet.noneOf(BusOp.class);
        EventBatch batch = new EventBatch();
        EventSource run = scenario.events();
        long step = 0;
        while (step == 0) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.BUS) {
                    (batch.fabric(i) == Fabric.ETHERNET ? scaleOut : bus).add(batch.busOp(i));
                    if (batch.fabric(i) == Fabric.ETHERNET && batch.busOp(i) == BusOp.ALL_REDUCE) {
                        // the norm of the gradients, over all cards
                        assertThat(batch.groupSize(i)).isEqualTo(Integer.parseInt(cards));
                    }
                } else if (batch.kind(i) == EventKind.STEP) {
                    step = batch.durationNanos(i);
                }
            }
        }
        assertThat(scaleOut).containsExactlyInAnyOrder(BusOp.REDUCE_SCATTER, BusOp.ALL_GATHER, BusOp.ALL_REDUCE);
        assertThat(bus).containsExactlyInAnyOrder(BusOp.ALL_REDUCE, BusOp.SEND, BusOp.RECEIVE);
        Answer answer = scenario.answer();
        assertThat(step * 1e-9).isCloseTo(answer.stepSeconds().orElseThrow(), withPercentage(2));
    }

    @Test
    void aSecondSupernodeCostsWhatTheReplicasReduceBetweenThem() {
        Answer one = job("384", "3", "3Mi").answer();
        Answer two = job("768", "6", "6Mi").answer();
        double more = two.stepSeconds().orElseThrow() - one.stepSeconds().orElseThrow();
        double reduction =
                two.partsSeconds().get("data_parallel") - one.partsSeconds().get("data_parallel");
        // and of the update each replica does less
        double update = two.partsSeconds().get("optimizer") - one.partsSeconds().get("optimizer");
        assertThat(more).isCloseTo(reduction + update, withPercentage(1));
        // 6 B of each of 405.85e9 / 128 parameters once over 50 GB/s x 0.83, half of it leaves the supernode
        assertThat(reduction).isBetween(0.1, 0.6);
        assertThat(two.peakFlops()).isEqualTo(2 * one.peakFlops());
        assertThat(two.powerWatts()).isCloseTo(2 * one.powerWatts(), withPercentage(2));
    }

    @Test
    void stepsAreRepeatableAloneAndBackwards() {
        Scenario scenario = job("768", "6", "1Mi");
        TrainingCost cost = new TrainingCost(scenario.machine(), (TrainingWorkload) scenario.workload());
        Map<Integer, String> played = new HashMap<>();
        TrainingRun run = new TrainingRun(cost, 1);
        for (int k = 0; k < 3; k++) {
            played.put(k, step(run));
        }
        for (int k = 2; k >= 0; k--) {
            TrainingRun alone = new TrainingRun(cost, 1);
            alone.seek(k);
            assertThat(step(alone)).isEqualTo(played.get(k));
        }
    }

    @Test
    void congestionBetweenSupernodesIsADisturbanceOfTheirReductionsAlone() {
        Scenario calm = job("768", "6", "1Mi");
        assertThat(calm.disturbanceRules().kinds()).contains(FaultKind.CONGESTION);
        assertThat(job("384", "3", "1Mi").disturbanceRules().kinds()).doesNotContain(FaultKind.CONGESTION);
        Scenario hurt = job("768", "6", "1Mi", "disturbance.d", "congestion magnitude=0.5");
        long[] healthy = transits(calm);
        long[] slowed = transits(hurt);
        assertThat((double) slowed[0] / healthy[0]).isBetween(1.9, 2.1);
        assertThat(slowed[1]).isEqualTo(healthy[1]);
        assertThat(digest(hurt)).isEqualTo(digest(hurt)).isNotEqualTo(digest(calm));
    }

    /** Transit of all reductions and gatherings of replicas, and of all tensor-parallel reductions, in the first step. */
    private static long[] transits(Scenario scenario) {
        long[] sums = new long[2];
        EventBatch batch = new EventBatch();
        EventSource run = scenario.events();
        boolean whole = false;
        while (!whole) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                whole |= batch.kind(i) == EventKind.STEP;
                if (batch.kind(i) == EventKind.BUS && batch.step(i) == 0) {
                    int which = batch.fabric(i) == Fabric.ETHERNET ? 0 : batch.busOp(i) == BusOp.ALL_REDUCE ? 1 : -1;
                    sums[Math.max(0, which)] += which < 0 ? 0 : batch.durationNanos(i) - batch.waitNanos(i);
                }
            }
        }
        return sums;
    }

    private static String step(TrainingRun run) {
        EventBatch batch = new EventBatch();
        EventDigest digest = new EventDigest();
        boolean whole = false;
        while (!whole) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                digest.add(batch, i);
                whole |= batch.kind(i) == EventKind.STEP;
            }
        }
        return digest.count() + " " + digest.hex();
    }

    private static String digest(Scenario scenario) {
        EventBatch batch = new EventBatch();
        EventDigest digest = new EventDigest();
        EventSource run = scenario.events();
        while (run.throughNanos() < 20 * SECOND) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                digest.add(batch, i);
            }
        }
        return digest.hex();
    }

    private static Scenario job(String cards, String replicas, String tokens, String... more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("machine.cards", cards);
        settings.put("layout.dp", replicas);
        settings.put("layout.globalBatchTokens", tokens);
        if (more.length > 0) {
            settings.put(more[0], more[1]);
        }
        return Scenario.of("llama3-405b", settings);
    }
}
