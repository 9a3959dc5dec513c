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

        long before = THREADS.getCurrentThreadAllocatedBytes();
        FrameRecords.write(writer, Golden.HEADER, events);
        long written = THREADS.getCurrentThreadAllocatedBytes();
        into.clear();
        reader.read(frame, into);
        long read = THREADS.getCurrentThreadAllocatedBytes();

        assertThat(into.size()).isEqualTo(EVENTS);
        // half a byte per event is left for what the virtual machine does aside
        assertThat(written - before - frame.length).isLessThan(EVENTS / 2);
        assertThat(read - written).isLessThan(EVENTS / 2);
    }
}
