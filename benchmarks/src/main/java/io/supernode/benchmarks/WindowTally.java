package io.supernode.benchmarks;

import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Throws windows away but for the count of events in the whole machine's one-second windows, which must be the count of
 * events sent. Shared by all jobs of this process, one at a time.
 */
final class WindowTally implements Sink<ThroughputWindow> {
    private static final long serialVersionUID = 1L;
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final Map<WindowKey, Long> EVENTS = new ConcurrentHashMap<>();

    static void reset() {
        EVENTS.clear();
    }

    static long events() {
        return EVENTS.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public SinkWriter<ThroughputWindow> createWriter(WriterInitContext context) {
        return new SinkWriter<>() {
            @Override
            public void write(ThroughputWindow window, Context context) {
                if (window.scope() == Scope.SUPERNODE && window.lengthNanos() == SECOND_NANOS) {
                    EVENTS.put(window.key(), window.events());
                }
            }

            @Override
            public void flush(boolean endOfInput) {}

            @Override
            public void close() {}
        };
    }
}
