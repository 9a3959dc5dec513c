package io.supernode.benchmarks;

import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Keeps the last result of every window, without how often it was corrected. Shared by all jobs of this process, one at a time. */
final class KeptWindows implements Sink<ThroughputWindow> {
    private static final long serialVersionUID = 1L;
    private static final Map<WindowKey, String> WINDOWS = new ConcurrentHashMap<>();

    static void reset() {
        WINDOWS.clear();
    }

    static Map<WindowKey, String> all() {
        return Map.copyOf(WINDOWS);
    }

    @Override
    public SinkWriter<ThroughputWindow> createWriter(WriterInitContext context) {
        return new SinkWriter<>() {
            @Override
            public void write(ThroughputWindow window, Context context) {
                WINDOWS.put(window.key(), window.toString().replaceFirst("revision=\\d+", ""));
            }

            @Override
            public void flush(boolean endOfInput) {}

            @Override
            public void close() {}
        };
    }
}
