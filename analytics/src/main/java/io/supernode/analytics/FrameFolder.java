package io.supernode.analytics;

import io.supernode.diagnosis.EvidenceFolder;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.SliceFolder;
import io.supernode.window.WindowPlan;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Reads frames, folds their events into slices per run and supernode, and says which events it could not use.
 * The operator around it decides when to hand partials on. Not thread-safe.
 */
final class FrameFolder {
    /** Wall and event times are believed within 73 years of 1970 and of the run's start; sums cannot overflow. */
    private static final long FURTHEST_NANOS = 1L << 61;
    /** Beyond this many nodes times slices, partials are handed on early; about 100 MB. */
    private static final int MOST_OPEN_GROUPS = 1 << 13;

    private static final byte[] NO_BYTES = {};
    /** A supernode that has not been heard of for so long is forgotten. */
    private static final long IDLE_MILLIS = TimeUnit.MINUTES.toMillis(2);

    private final long latenessNanos;
    private final int nodesPerRack;
    private final Consumer<SlicePartial> partials;
    private final Optional<Consumer<EvidencePartial>> evidence;
    private final Consumer<DeadLetter> deadLetters;
    private final SequenceBook sequences;
    private final TimeGuards guards;
    private final Map<EventKind, FrameReader> readers = new EnumMap<>(EventKind.class);
    private final EventBatch batch = new EventBatch(4096);
    private final Map<SupernodeKey, OpenSupernode> supernodes = new HashMap<>();
    private SupernodeKey lastKey;
    private OpenSupernode lastSupernode;

    private record SupernodeKey(long run, int supernode, long originEpochNanos) {
        boolean isOf(FrameHeader header) {
            return run == header.run()
                    && supernode == header.supernode()
                    && originEpochNanos == header.originEpochNanos();
        }
    }

    private static final class OpenSupernode {
        final SliceFolder folder;
        final EvidenceFolder evidence = new EvidenceFolder();
        long touchedMillis;

        OpenSupernode(int nodesPerRack) {
            folder = new SliceFolder(nodesPerRack);
        }
    }

    /**
     * @param nodesPerRack nodes with following indices that share a rack; 0 when that is not known
     * @param sequences the frame numbers so far
     * @param guards how far time has come in each partition so far
     * @param evidence takes evidence of what cards did; empty when none is gathered
     */
    FrameFolder(
            long latenessNanos,
            int nodesPerRack,
            SequenceBook sequences,
            TimeGuards guards,
            Consumer<SlicePartial> partials,
            Optional<Consumer<EvidencePartial>> evidence,
            Consumer<DeadLetter> deadLetters) {
        this.latenessNanos = latenessNanos;
        this.nodesPerRack = nodesPerRack;
        this.sequences = sequences;
        this.guards = guards;
        this.partials = partials;
        this.evidence = evidence;
        this.deadLetters = deadLetters;
        for (EventKind kind : EventKind.values()) {
            readers.put(kind, new FrameReader(kind));
        }
    }

    /** False for a header whose times cannot be meant. */
    static boolean isTimely(FrameHeader header) {
        return Math.abs(header.originEpochNanos()) < FURTHEST_NANOS
                && Math.abs(header.intendedEpochNanos()) < FURTHEST_NANOS
                && Math.abs(header.throughNanos()) < FURTHEST_NANOS
                && Math.abs(header.baseNanos()) < FURTHEST_NANOS;
    }

    /** @param watermarkMillis how far time has come; {@link Long#MIN_VALUE} when not known yet */
    void fold(RawFrame frame, long watermarkMillis) {
        FrameHeader header;
        batch.clear();
        try {
            header = readers.get(frame.topic().eventKind()).read(frame.bytes(), batch);
        } catch (UnreadableException e) {
            refuse(frame, "decode", e.getMessage(), DeadLetter.UNKNOWN_EVENTS, "");
            return;
        } catch (RuntimeException e) {
            // a reader that trips over garbage must not stop the job: it would trip again after every restart
            refuse(frame, "decode", "must be a frame: " + e, DeadLetter.UNKNOWN_EVENTS, "");
            return;
        }
        if (!header.isHeartbeat() && isRepeated(frame, header, watermarkMillis)) {
            return;
        }
        Optional<String> fault = fault(header, guards.of(frame));
        if (fault.isPresent()) {
            refuse(frame, "check", fault.get(), batch.size(), Long.toString(header.run()));
            return;
        }
        if (batch.isEmpty()) {
            return;
        }
        OpenSupernode open = open(header);
        open.touchedMillis = watermarkMillis;
        long earliestEndNanos = earliestEndNanos(header, watermarkMillis);
        int late = open.folder.fold(header.node(), batch, earliestEndNanos);
        if (evidence.isPresent()) {
            open.evidence.fold(header.node(), batch, earliestEndNanos);
        }
        if (late > 0) {
            String reason = "must end at or after " + earliestEndNanos + " ns to be less than " + latenessNanos / 1e9
                    + " s late: " + late + " of " + batch.size() + " events do not";
            refuse(frame, "late", reason, late, Long.toString(header.run()));
        }
        if (open.folder.openGroups() > MOST_OPEN_GROUPS) {
            flushAll();
        }
    }

    /** Hands on all slices that time has passed. */
    void flush(long watermarkMillis) {
        if (watermarkMillis == Long.MAX_VALUE) {
            flushAll();
            return;
        }
        sequences.sweep(watermarkMillis);
        Iterator<Map.Entry<SupernodeKey, OpenSupernode>> all =
                supernodes.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<SupernodeKey, OpenSupernode> one = all.next();
            OpenSupernode open = one.getValue();
            long endSlice = WindowPlan.endSlice(one.getKey().originEpochNanos(), watermarkMillis);
            open.folder.flush(endSlice, sink(one.getKey()));
            open.evidence.flush(endSlice, evidenceSink(one.getKey()));
            if (open.folder.openGroups() == 0 && open.touchedMillis < watermarkMillis - IDLE_MILLIS) {
                all.remove();
                lastKey = null;
            }
        }
    }

    /** Hands on everything: afterwards nothing is held here that a failure could lose. */
    void flushAll() {
        supernodes.forEach((key, open) -> {
            open.folder.flushAll(sink(key));
            open.evidence.flushAll(evidenceSink(key));
        });
    }

    private SliceFolder.PartialSink sink(SupernodeKey key) {
        return (node, slice, sums) -> partials.accept(
                new SlicePartial(key.run(), key.supernode(), node, key.originEpochNanos(), slice, sums));
    }

    private EvidenceFolder.EvidenceSink evidenceSink(SupernodeKey key) {
        return (slice, sums) -> evidence.orElseThrow()
                .accept(new EvidencePartial(key.run(), key.supernode(), key.originEpochNanos(), slice, sums));
    }

    /**
     * Enters the frame's number in the books. A frame that was there before is put aside, so that a sender that starts
     * again may send again; numbers left out before it become a letter without bytes, because nobody has them.
     */
    private boolean isRepeated(RawFrame frame, FrameHeader header, long watermarkMillis) {
        EventKind kind = frame.topic().eventKind();
        long expected = sequences.next(kind, header);
        switch (sequences.note(kind, header, watermarkMillis)) {
            case EXPECTED, FILLS_GAP -> {
                return false;
            }
            case AFTER_GAP -> {
                String reason = "must be sequence=" + expected + ": sequence=" + header.sequence() + " of node "
                        + header.node() + ", " + (header.sequence() - expected) + " frames are missing or come later";
                deadLetters.accept(new DeadLetter(
                        frame.topic().topicName(),
                        frame.partition(),
                        frame.offset(),
                        "gap",
                        reason,
                        DeadLetter.UNKNOWN_EVENTS,
                        Long.toString(header.run()),
                        NO_BYTES));
                return false;
            }
            case REPEATED -> {
                String reason =
                        "must come once: sequence=" + header.sequence() + " of node " + header.node() + " was there";
                refuse(frame, "duplicate", reason, batch.size(), Long.toString(header.run()));
                return true;
            }
        }
        throw new IllegalStateException();
    }

    private Optional<String> fault(FrameHeader header, TimeGuard guard) {
        if (header.isHeartbeat() ? !batch.isEmpty() : header.node() < 0) {
            return Optional.of("must have node >= 0, or no events: " + header);
        }
        if (!isTimely(header)) {
            return Optional.of("must have times within 73 years of 1970 and of the run's start: " + header);
        }
        if (!guard.believes(header)) {
            return Optional.of("must not be more than a day ahead of its time: " + header);
        }
        if (batch.isEmpty()) {
            return Optional.empty();
        }
        long lastNanos = batch.endNanos(batch.size() - 1);
        if (Math.abs(lastNanos) >= FURTHEST_NANOS || lastNanos - header.throughNanos() > TimeGuard.AHEAD_NANOS_MAX) {
            return Optional.of(
                    "must have events that end less than a day after throughNanos: last=" + lastNanos + " " + header);
        }
        return Optional.empty();
    }

    private OpenSupernode open(FrameHeader header) {
        if (lastKey == null || !lastKey.isOf(header)) {
            lastKey = new SupernodeKey(header.run(), header.supernode(), header.originEpochNanos());
            lastSupernode = supernodes.computeIfAbsent(lastKey, key -> new OpenSupernode(nodesPerRack));
        }
        return lastSupernode;
    }

    private long earliestEndNanos(FrameHeader header, long watermarkMillis) {
        if (watermarkMillis == Long.MIN_VALUE || watermarkMillis == Long.MAX_VALUE) {
            return Long.MIN_VALUE;
        }
        return WindowPlan.endSlice(header.originEpochNanos(), watermarkMillis) * WindowPlan.SLICE_NANOS - latenessNanos;
    }

    private void refuse(RawFrame frame, String stage, String reason, long events, String run) {
        deadLetters.accept(new DeadLetter(
                frame.topic().topicName(),
                frame.partition(),
                frame.offset(),
                stage,
                reason,
                events,
                run,
                frame.bytes()));
    }
}
