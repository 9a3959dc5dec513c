package io.supernode.benchmarks;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.FrameWriter;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.SliceFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What one event costs in each of the three loops that every event goes through: into a frame, out of a frame, into a
 * slice. The frames are those that the engine makes of the default scenario; nanoseconds per event.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
    private static final int EVENTS = 4096;
    private static final int NODE = 0;

    @Param({"COMPUTE", "BUS"})
    public EventKind kind;

    /** 0: as many events in a frame as a node's flush holds. */
    @Param({"0", "1"})
    public int eventsPerFrame;

    private record Frame(FrameHeader header, byte[] bytes, EventBatch events) {}

    private final List<Frame> frames = new ArrayList<>();
    private final EventBatch into = new EventBatch();
    private final SliceFolder folder = new SliceFolder();
    private FrameWriter writer;
    private FrameReader reader;

    /** Exactly {@link #EVENTS} events of one node: the last frame is cut to fit. */
    @Setup
    public void record() throws UnreadableException {
        writer = new FrameWriter(kind);
        reader = new FrameReader(kind);
        int left = EVENTS;
        Recording recording = new Workbench(TimeUnit.SECONDS.toNanos(180)).record(eventsPerFrame);
        for (Recording.Entry entry : recording.entries()) {
            if (left > 0 && entry.kind() == kind && entry.header().node() == NODE) {
                EventBatch all = new EventBatch();
                reader.read(entry.frame(), all);
                EventBatch events = new EventBatch();
                for (int i = 0; i < Math.min(left, all.size()); i++) {
                    events.addFrom(all, i, 0);
                }
                frames.add(new Frame(entry.header(), encode(entry.header(), events), events));
                left -= events.size();
            }
        }
        if (left > 0) {
            throw new IllegalStateException("the recording has " + left + " events of " + kind + " too few");
        }
    }

    private byte[] encode(FrameHeader header, EventBatch events) {
        writer.begin(header.baseNanos());
        for (int i = 0; i < events.size(); i++) {
            writer.append(events, i);
        }
        return writer.finish(header);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void encode(Blackhole blackhole) {
        for (Frame frame : frames) {
            blackhole.consume(encode(frame.header(), frame.events()));
        }
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void decode(Blackhole blackhole) throws UnreadableException {
        for (Frame frame : frames) {
            into.clear();
            blackhole.consume(reader.read(frame.bytes(), into));
        }
    }

    /** With the partials that leave for the shuffle, as when time passes all of these events. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void fold(Blackhole blackhole) {
        for (Frame frame : frames) {
            folder.fold(NODE, frame.events(), Long.MIN_VALUE);
        }
        folder.flushAll((node, slice, partial) -> blackhole.consume(partial));
    }
}
