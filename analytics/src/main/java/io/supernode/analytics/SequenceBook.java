package io.supernode.analytics;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The frame numbers of every run, supernode, node and kind that a subtask reads. A stream of which nothing has come for
 * so long that whatever follows is too late anyway is forgotten. Not thread-safe.
 */
final class SequenceBook {
    private static final long SWEEP_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);

    private record Stream(long run, int supernode, int node, EventKind kind) {
        /** Written out: it decides which subtask keeps a stream that no one reads just now. */
        @Override
        public int hashCode() {
            return ((Long.hashCode(run) * 31 + supernode) * 31 + node) * 31 + kind.ordinal();
        }
    }

    private final long keptMillis;
    private final Map<Stream, FrameSequence> sequences = new HashMap<>();
    /** Streams that came out of a checkpoint and of which no frame has been read here since. */
    private final Set<Stream> unread = new HashSet<>();

    private long sweptMillis = Long.MIN_VALUE;

    /** @param latenessNanos how far behind the watermark a frame may come and still be used */
    SequenceBook(long latenessNanos) {
        keptMillis = HOUR_MILLIS + TimeUnit.NANOSECONDS.toMillis(latenessNanos);
    }

    FrameSequence.Verdict note(EventKind kind, FrameHeader header, long watermarkMillis) {
        Stream stream = new Stream(header.run(), header.supernode(), header.node(), kind);
        if (!unread.isEmpty()) {
            unread.remove(stream);
        }
        return sequences.computeIfAbsent(stream, key -> new FrameSequence()).note(header.sequence(), watermarkMillis);
    }

    /** The number that comes next from the frame's sender. */
    long next(EventKind kind, FrameHeader header) {
        FrameSequence sequence = sequences.get(new Stream(header.run(), header.supernode(), header.node(), kind));
        return sequence == null ? 0 : sequence.next();
    }

    /** Every subtask is given all that any had: partitions may have moved. */
    void restore(SequenceState state) {
        Stream stream = new Stream(state.run(), state.supernode(), state.node(), EventKind.values()[state.kind()]);
        FrameSequence restored = new FrameSequence(state);
        FrameSequence known = sequences.get(stream);
        if (known == null || restored.knowsMoreThan(known)) {
            sequences.put(stream, restored);
        }
        unread.add(stream);
    }

    /** What was read here, and this subtask's share of what is read by nobody just now. */
    List<SequenceState> snapshot(int subtask, int subtasks) {
        List<SequenceState> states = new ArrayList<>();
        sequences.forEach((stream, sequence) -> {
            if (!unread.contains(stream) || Math.floorMod(stream.hashCode(), subtasks) == subtask) {
                states.add(sequence.state(
                        stream.run(),
                        stream.supernode(),
                        stream.node(),
                        stream.kind().ordinal()));
            }
        });
        return states;
    }

    /** Forgets what has been silent for long; looks once a minute of event time. */
    void sweep(long watermarkMillis) {
        if (watermarkMillis == Long.MAX_VALUE || watermarkMillis - SWEEP_MILLIS < sweptMillis) {
            return;
        }
        sweptMillis = watermarkMillis;
        sequences.entrySet().removeIf(entry -> {
            FrameSequence sequence = entry.getValue();
            if (sequence.touchedMillis() == Long.MIN_VALUE) {
                sequence.touchedMillis(watermarkMillis);
            }
            boolean silent = sequence.touchedMillis() < watermarkMillis - keptMillis;
            if (silent) {
                unread.remove(entry.getKey());
            }
            return silent;
        });
    }
}
