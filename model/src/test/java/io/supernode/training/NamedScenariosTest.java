package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.scenario.Scenario;
import io.supernode.scenario.ScenarioCatalogue;
import io.supernode.window.InMemoryWindows;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowSink;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario that runs by itself: what its windows say is what its equations say. */
class NamedScenariosTest {
    static Stream<String> names() {
        return ScenarioCatalogue.names().stream().filter(name -> !name.equals("deepseek-r1-serving"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void theWindowsGiveWhatTheEquationsGive(String name) {
        Scenario scenario = Scenario.of(name, Map.of());
        double bytesPerSecond = scenario.answer().busBytesPerSecond().orElseThrow();
        double predicted = scenario.answer().tokensPerSecondPerCard().orElseThrow();
        Steps steps = new Steps();
        InMemoryWindows windows = new InMemoryWindows(1, 0, 0, 0, steps);
        EventSource events = scenario.events();
        EventBatch batch = new EventBatch();
        EventBatch whole = new EventBatch();
        double sent = 0;
        double sentInWholeSteps = 0;
        long wholeSteps = 0;
        do {
            events.next(batch);
            // whole steps are what the rate is read from; the rest is folded elsewhere
            whole.clear();
            sent += sentBytes(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.STEP) {
                    whole.addFrom(batch, i, 0);
                }
            }
            if (!whole.isEmpty()) {
                // a stretch ends where its step does
                sentInWholeSteps = sent;
                wholeSteps = events.throughNanos();
            }
            windows.fold(0, whole);
            windows.advance(events.throughNanos());
        } while (steps.events < scenario.machine().cards());
        assertThat(sentInWholeSteps / (wholeSteps * 1e-9)).isCloseTo(bytesPerSecond, withPercentage(2));
        assertThat(steps.tokens * 1e9 / steps.nanos).isCloseTo(predicted, withPercentage(2));
    }

    private static double sentBytes(EventBatch batch) {
        double sent = 0;
        for (int i = 0; i < batch.size(); i++) {
            sent += batch.kind(i) == EventKind.BUS ? batch.sentBytes(i) : 0;
        }
        return sent;
    }

    /** Steps in the supernode's windows of a second. */
    private static final class Steps implements WindowSink {
        long tokens;
        long nanos;
        long events;

        @Override
        public void throughput(ThroughputWindow window) {
            if (window.scope() == Scope.SUPERNODE && window.lengthNanos() == 1_000_000_000L) {
                tokens += window.stepTokens();
                nanos += window.stepNanos();
                events += window.stepEvents();
            }
        }

        @Override
        public void latency(LatencyWindow window) {}
    }
}
