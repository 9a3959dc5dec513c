package io.supernode.benchmarks;

import io.supernode.analytics.FrameLog;
import io.supernode.analytics.JobOptions;
import io.supernode.analytics.LogSource;
import io.supernode.analytics.RawFrame;
import io.supernode.schemas.Topic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.connector.source.Source;

/**
 * A recording as a bounded Flink source. The frames stay where they are: job and benchmark share one virtual machine,
 * so the source that Flink copies to its tasks carries a number only. Every recording has a number of its own: by the
 * name of the arm that reads it, an arm of a second run was given the frames of the first.
 */
final class MemoryFrames implements FrameLog {
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

    /** Of one partition, with its time followed as the job's own source does. */
    Source<RawFrame, ?, ?> source() {
        return new LogSource(this, JobOptions.of("unused:9092").outOfOrderness());
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public RawFrame frame(int partition, long offset) {
        if (frames == null) {
            frames = FRAMES.get(number);
        }
        return offset < frames.length ? frames[(int) offset] : null;
    }
}
