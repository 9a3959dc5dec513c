package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.event.RequestEvent;
import io.supernode.machine.Machine;
import io.supernode.machine.MachineCatalogue;
import io.supernode.workload.ServingWorkload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forty recorded minutes of a public chat service, served by the supernode. Totals: TRUTH.json of the recordings. */
class MooncakeServingTest {
    private static final Machine MACHINE = MachineCatalogue.named("cloudmatrix384");
    private static final ServingWorkload WORKLOAD = ServingWorkload.deepSeekR1(384);

    @BeforeEach
    void recordingIsThere() {
        Assumptions.assumeTrue(
                Files.isRegularFile(MooncakeLog.path()), () -> "skipped: no recording at " + MooncakeLog.path());
    }

    @Test
    void allRequestsOfTheRecordingAreServed() throws IOException {
        ServedRun run = new ServedRun(MACHINE, WORKLOAD);
        try (MooncakeLog log = MooncakeLog.open()) {
            run.run(1, log);
        }
        assertThat(run.requests).hasSize(7_851);
        assertThat(run.requests.values().stream()
                        .mapToLong(RequestEvent::inputTokens)
                        .sum())
                .isEqualTo(97_571_920);
        assertThat(run.requests.values().stream()
                        .mapToLong(RequestEvent::outputTokens)
                        .sum())
                .isEqualTo(2_724_903);
        assertThat(run.allTokens()).isEqualTo(97_571_920 + 2_724_903);
        // each request has its first token from its prefill
        assertThat(run.tokens.get(ComputeOp.PREFILL)).isEqualTo(97_571_920 + 7_851);
        assertThat(run.busEvents.get(BusOp.CACHE_TRANSFER)).isEqualTo(2 * requestsOfTwoTokens(run));
        assertThat(run.events).isBetween(1_500_000L, 3_000_000L);
        // served while it arrives: the machine has several times the capacity
        assertThat(run.endNanos).isBetween(2_397_000_000_000L, 2_460_000_000_000L);
        // light load: far below the 49 ms of full batches, never below an iteration with every draft accepted
        assertThat(median(run, e -> (e.endNanos() - e.firstTokenNanos()) * 1e-9 / (e.outputTokens() - 1)))
                .isBetween(0.018, 0.049);
        assertThat(median(run, e -> (e.firstTokenNanos() - e.arrivalNanos()) * 1e-9))
                .isBetween(0.02, 1.0);
    }

    @Test
    void servingTheRecordingTakesSeconds() throws IOException {
        // processor time, so that a busy machine does not fail it
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long start = thread.getCurrentThreadCpuTime();
        long events = 0;
        try (MooncakeLog log = MooncakeLog.open()) {
            EventSource source = new Serving(MACHINE, WORKLOAD).events(1, log);
            EventBatch batch = new EventBatch();
            while (source.next(batch)) {
                events += batch.size();
            }
        }
        double seconds = (thread.getCurrentThreadCpuTime() - start) / 1e9;
        assertThat(events).isGreaterThan(1_000_000);
        assertThat(seconds).isLessThan(10);
    }

    private static double median(ServedRun run, ToDoubleFunction<RequestEvent> figure) {
        double[] sorted = run.requests.values().stream()
                .filter(e -> e.outputTokens() > 1)
                .mapToDouble(figure)
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }

    private static long requestsOfTwoTokens(ServedRun run) {
        return run.requests.values().stream().filter(e -> e.outputTokens() > 1).count();
    }
}
