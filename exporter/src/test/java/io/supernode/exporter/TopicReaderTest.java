package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.DetectionScore;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.FaultKind;
import io.supernode.schemas.AnomalyCodec;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameWriter;
import io.supernode.schemas.Topic;
import io.supernode.schemas.WindowCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
    private final WindowStore store = new WindowStore();
    private final DeadLetters deadLetters = new DeadLetters();
    private final ReaderState state = new ReaderState("not looked yet");
    private MockBroker broker = new MockBroker();
    private final TopicReader reader =
            new TopicReader(Map.of("bootstrap.servers", "b:1"), settings -> broker, store, deadLetters, state);
    private final Thread thread = new Thread(reader, "reader-under-test");

    @AfterEach
    void theReaderEndsWhenClosed() throws InterruptedException {
        reader.close();
        thread.join(2_000);
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void topicsAreReadFromTheirBeginningAndThenItIsReady() {
        broker.createTopics();
        Telemetry telemetry = Telemetry.of(1, 16, 12).fire();
        telemetry.throughput().forEach(w -> broker.put(Topic.THROUGHPUT, w.entity() % 2, WindowCodec.encode(w)));
        telemetry.latency().forEach(w -> broker.put(Topic.LATENCY, w.entity() % 2, WindowCodec.encode(w)));
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        WindowStore direct = new WindowStore();
        telemetry.into(direct);
        assertThat(store.figures(Telemetry.RUN).orElseThrow().digestWindows())
                .isEqualTo(direct.figures(Telemetry.RUN).orElseThrow().digestWindows());
        assertThat(state.records(Topic.THROUGHPUT))
                .isEqualTo(telemetry.throughput().size());
        assertThat(state.lastWindowEpochMillis()).isPositive();
        assertThat(state.unreadable(Topic.THROUGHPUT)).isZero();
    }

    @Test
    void anomaliesAndTheTruthAreReadTooAndScored() {
        broker.createTopics();
        Anomaly anomaly = AnomalyBookTest.slowCard(0, 0, 17, 10, 20);
        broker.put(Topic.ANOMALY, 0, AnomalyCodec.encode(anomaly));
        EventBatch truth = new EventBatch();
        long second = 1_000_000_000L;
        truth.addFault(17, 10 * second, 0, 3, FaultKind.SLOW_CARD, true, 1, -1, -1, 1_500_000);
        truth.addFault(17, 21 * second, 11 * second, 3, FaultKind.SLOW_CARD, false, 1, -1, -1, 1_500_000);
        FrameWriter writer = new FrameWriter(EventKind.FAULT);
        writer.begin(10 * second);
        writer.append(truth, 0);
        writer.append(truth, 1);
        broker.put(
                Topic.FAULT,
                0,
                writer.finish(new FrameHeader(anomaly.run(), 0, 2, 0, 0, 21 * second, 10 * second, 21 * second)));
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        assertThat(store.anomalies().anomalies(anomaly.run())).containsExactly(anomaly);
        DetectionScore score = store.anomalies().score(anomaly.run(), 60 * second);
        assertThat(score.precision()).hasValue(1);
        assertThat(score.recall()).hasValue(1);
        // found at 12 s
        assertThat(score.detectSeconds()).hasValue(2);
    }

    @Test
    void samplesAreReadForWhatTheGaugesSayNow() {
        broker.createTopics();
        FrameWriter writer = new FrameWriter(EventKind.SAMPLE);
        long second = Telemetry.SECOND;
        writer.begin(0);
        writer.append(GaugeBookTest.sample(17, 3, 61_500), 0);
        broker.put(Topic.SAMPLE, 0, writer.finish(new FrameHeader(Telemetry.RUN, 0, 2, 0, 0, 0, 0, 4 * second)));
        broker.put(Topic.SAMPLE, 0, "garbage".getBytes(StandardCharsets.UTF_8));
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        assertThat(store.gauges().since(0, Telemetry.RUN, 0)).containsOnlyKeys(17);
        assertThat(state.unreadable(Topic.SAMPLE)).isEqualTo(1);
    }

    @Test
    void whoAsksIsToldWhenAllThatIsThereNowHasBeenRead() throws Exception {
        broker.createTopics();
        for (int i = 0; i < 100; i++) {
            broker.put(Topic.ANOMALY, 0, AnomalyCodec.encode(AnomalyBookTest.slowCard(i, 0, 17, 10, 20)));
        }
        var read = reader.readToPresent();
        assertThat(read).isNotDone();
        thread.start();
        read.get(10, TimeUnit.SECONDS);
        assertThat(store.anomalies()
                        .anomalies(AnomalyBookTest.slowCard(0, 0, 17, 10, 20).run()))
                .hasSize(100);

        reader.close();
        thread.join(2_000);
        assertThat(reader.readToPresent()).as("nobody reads").isNotDone();
    }

    @Test
    void itWaitsForTopicsThatAreNotThereYet() {
        thread.start();
        await(() -> state.whyNotReady().equals(Optional.of("topic is not there yet: supernode.throughput.v1")));
        broker.createTopics();
        await(() -> state.whyNotReady().isEmpty());
    }

    @Test
    void garbageIsCountedAndSkipped() {
        broker.createTopics();
        broker.put(Topic.THROUGHPUT, 0, "garbage".getBytes(StandardCharsets.UTF_8));
        Telemetry.of(1, 1, 1).fire().throughput().forEach(w -> broker.put(Topic.THROUGHPUT, 0, WindowCodec.encode(w)));
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        assertThat(state.unreadable(Topic.THROUGHPUT)).isEqualTo(1);
        assertThat(store.figures(Telemetry.RUN)).isPresent();
    }

    @Test
    void deadLettersAreCountedOnceBySource() {
        broker.createTopics();
        Map<String, String> tooLate =
                Map.of("topic", "supernode.bus.v1", "partition", "3", "offset", "17", "stage", "late", "events", "250");
        broker.put(Topic.DEADLETTER, 0, new byte[1], tooLate);
        broker.put(Topic.DEADLETTER, 0, new byte[1], tooLate);
        broker.put(
                Topic.DEADLETTER,
                0,
                new byte[1],
                Map.of("topic", "supernode.bus.v1", "partition", "3", "offset", "18", "stage", "decode"));
        Map<String, String> merge =
                Map.of("topic", "", "partition", "-1", "offset", "-1", "stage", "merge", "events", "2");
        broker.put(Topic.DEADLETTER, 0, new byte[0], merge);
        broker.put(Topic.DEADLETTER, 0, new byte[0], merge);
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        assertThat(deadLetters.bySource())
                .containsEntry(new DeadLetters.Source("supernode.bus.v1", "late"), new DeadLetters.Count(1, 250))
                .containsEntry(new DeadLetters.Source("supernode.bus.v1", "decode"), new DeadLetters.Count(1, 0))
                .containsEntry(new DeadLetters.Source("none", "merge"), new DeadLetters.Count(2, 4));
        assertThat(deadLetters.total()).isEqualTo(new DeadLetters.Count(4, 254));
    }

    @Test
    void afterAFailureItGoesOnWhereItWas() {
        broker.createTopics();
        List<io.supernode.window.ThroughputWindow> windows =
                Telemetry.of(1, 1, 4).fire().throughput();
        windows.subList(0, 5).forEach(w -> broker.put(Topic.THROUGHPUT, 0, WindowCodec.encode(w)));
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        MockBroker next = new MockBroker();
        next.createTopics();
        windows.forEach(w -> next.put(Topic.THROUGHPUT, 0, WindowCodec.encode(w)));
        MockBroker failing = broker;
        broker = next;
        failing.setPollException(new KafkaException("connection lost"));
        await(() -> state.records(Topic.THROUGHPUT) == windows.size());
        await(() -> state.whyNotReady().isEmpty());

        assertThat(state.errors()).isEqualTo(1);
        assertThat(failing.closed()).isTrue();
        assertThat(store.expiredWindows()).isZero();
    }

    @Test
    void aBrokerThatStopsAnsweringMakesItUnready() {
        broker.createTopics();
        thread.start();
        await(() -> state.whyNotReady().isEmpty());
        broker.silent = true;
        await(() -> state.whyNotReady().equals(Optional.of("the broker does not answer: b:1")));
        broker.silent = false;
        await(() -> state.whyNotReady().isEmpty());
        assertThat(state.isAlive()).isTrue();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 10 s").isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
