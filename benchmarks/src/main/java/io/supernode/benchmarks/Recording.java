package io.supernode.benchmarks;

import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.replay.FrameSink;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import io.supernode.schemas.FrameHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * What the replay engine would send, in memory: the same bytes for every arm that does not encode.
 *
 * @param entries frames in the order in which they left, heartbeats once though they go to every partition
 * @param report what the engine said of it
 */
record Recording(List<Entry> entries, ReplayReport report) {
    record Entry(EventKind kind, FrameHeader header, byte[] frame) {}

    static Recording of(ReplayOptions options, EventSource source) {
        List<Entry> entries = new ArrayList<>();
        FrameSink memory = new FrameSink() {
            @Override
            public void send(EventKind kind, FrameHeader header, byte[] frame) {
                entries.add(new Entry(kind, header, frame));
            }

            @Override
            public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {
                entries.add(new Entry(kind, header, frame));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        ReplayReport report = new ReplayEngine(options, source, memory, ReplayClock.system()).run();
        return new Recording(List.copyOf(entries), report);
    }

    long bytes() {
        return entries.stream().mapToLong(entry -> entry.frame().length).sum();
    }
}
