package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hot way costs the garbage collector the frame's bytes and nothing per event. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int EVENTS = 2_000;

    @ParameterizedTest
    @EnumSource(EventKind.class)
    void anEventIsWrittenAndReadWithoutAllocation(EventKind kind) throws Exception {
        EventBatch events = new RandomEvents(7).batch(kind, Golden.HEADER.baseNanos(), EVENTS);
        FrameWriter writer = new FrameWriter(kind);
        FrameReader reader = new FrameReader(kind);
        EventBatch into = new EventBatch(EVENTS);
        byte[] frame = FrameRecords.write(writer, Golden.HEADER, events);
        reader.read(frame, into);

        THREADS.getCurrentThreadAllocatedBytes(); // its first call allocates
        long before = THREADS.getCurrentThreadAllocatedBytes();
        FrameRecords.write(writer, Golden.HEADER, events);
        long written = THREADS.getCurrentThreadAllocatedBytes();
        into.clear();
        reader.read(frame, into);
        long read = THREADS.getCurrentThreadAllocatedBytes();

        assertThat(into.size()).isEqualTo(EVENTS);
        // the smallest object has 16 bytes: at most one event in eight could have made one
        assertThat(written - before - frame.length).isLessThan(2 * EVENTS);
        assertThat(read - written).isLessThan(2 * EVENTS);
    }
}
