package io.supernode.benchmarks;

import io.supernode.analytics.RawFrame;
import io.supernode.schemas.Topic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/**
 * A recording as a bounded Flink source. The frames stay where they are: job and benchmark share one virtual machine,
 * so the source that Flink copies to its tasks carries a number only. Every recording has a number of its own: by the
 * name of the arm that reads it, an arm of a second run was given the frames of the first.
 */
final class MemoryFrames implements GeneratorFunction<Long, RawFrame> {
    private static final long serialVersionUID = 1L;
    private static final Map<Integer, RawFrame[]> FRAMES = new ConcurrentHashMap<>();
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final int number;
    private transient RawFrame[] frames;

    private MemoryFrames(int number) {
        this.number = number;
    }

    static MemoryFrames of(Recording recording) {
        List<Recording.Entry> entries = recording.entries();
        RawFrame[] all = new RawFrame[entries.size()];
        for (int i = 0; i < all.length; i++) {
            Recording.Entry entry = entries.get(i);
            all[i] = new RawFrame(Topic.of(entry.kind()), 0, i, entry.frame());
        }
        MemoryFrames frames = new MemoryFrames(NEXT.getAndIncrement());
        FRAMES.put(frames.number, all);
        return frames;
    }

    DataGeneratorSource<RawFrame> source() {
        return new DataGeneratorSource<>(this, FRAMES.get(number).length, TypeInformation.of(RawFrame.class));
    }

    @Override
    public RawFrame map(Long index) {
        if (frames == null) {
            frames = FRAMES.get(number);
        }
        return frames[(int) (long) index];
    }
}
