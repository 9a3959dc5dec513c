package io.supernode.benchmarks;

import io.supernode.analytics.RawFrame;
import io.supernode.schemas.Topic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/**
 * A recording as a bounded Flink source. The frames stay where they are: job and benchmark share one virtual machine,
 * so the source that Flink copies to its tasks carries a name only.
 */
final class MemoryFrames implements GeneratorFunction<Long, RawFrame> {
    private static final long serialVersionUID = 1L;
    private static final Map<String, RawFrame[]> FRAMES = new ConcurrentHashMap<>();

    private final String name;
    private transient RawFrame[] frames;

    private MemoryFrames(String name) {
        this.name = name;
    }

    static DataGeneratorSource<RawFrame> source(String name, Recording recording) {
        List<Recording.Entry> entries = recording.entries();
        RawFrame[] frames = FRAMES.computeIfAbsent(name, n -> {
            RawFrame[] all = new RawFrame[entries.size()];
            for (int i = 0; i < all.length; i++) {
                Recording.Entry entry = entries.get(i);
                all[i] = new RawFrame(Topic.of(entry.kind()), 0, i, entry.frame());
            }
            return all;
        });
        return new DataGeneratorSource<>(new MemoryFrames(name), frames.length, TypeInformation.of(RawFrame.class));
    }

    @Override
    public RawFrame map(Long index) {
        if (frames == null) {
            frames = FRAMES.get(name);
        }
        return frames[(int) (long) index];
    }
}
