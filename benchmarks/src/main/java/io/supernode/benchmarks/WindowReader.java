package io.supernode.benchmarks;

import io.supernode.schemas.UnreadableException;
import io.supernode.schemas.WindowCodec;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Counts the events in the one-second windows of one run's whole machine, as they come out of the window topic. */
final class WindowReader implements AutoCloseable {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Consumer<byte[], byte[]> consumer;
    private final long run;
    private final Map<WindowKey, Long> events = new HashMap<>();

    /** @param consumer assigned, at the end of the topic */
    WindowReader(Consumer<byte[], byte[]> consumer, long run) {
        this.consumer = consumer;
        this.run = run;
    }

    void poll() throws UnreadableException {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
            ThroughputWindow window = WindowCodec.throughput(record.value());
            if (window.run() == run && window.scope() == Scope.SUPERNODE && window.lengthNanos() == SECOND_NANOS) {
                events.put(window.key(), window.events());
            }
        }
    }

    long events() {
        return events.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
