package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;

/**
 * The passes over a recording, from one seek to the next, as one source whose time never goes back. A pass begins on a
 * whole tick after the one before, so that a tick belongs to one pass. Used by one thread.
 */
final class Passes implements EventSource, Closeable {
    static final long NOWHERE = Long.MIN_VALUE;

    private final ReplaySource source;
    private final Playback playback;
    private final BooleanSupplier loops;
    private final long tickNanos;
    private final EventBatch raw = new EventBatch();
    private ReplaySource.Pass pass;
    private long leftNanos;
    private long fromNanos;
    private long shiftNanos;
    private long loop;
    private long endedNanos;
    private long throughNanos;
    private long lastNanos = Long.MIN_VALUE;
    private boolean passEnds;
    private boolean passHasEnded;

    /**
     * @param loops whether another pass follows the one that ends
     * @param leftNanos time in the recording at which the pass before was left; {@link #NOWHERE} without one
     * @param fromNanos time in the recording at which to begin
     * @param atNanos event time that this becomes
     * @param loop passes that have begun before this one
     */
    Passes(
            ReplaySource source,
            Playback playback,
            BooleanSupplier loops,
            long tickNanos,
            long leftNanos,
            long fromNanos,
            long atNanos,
            long loop) {
        this.source = source;
        this.playback = playback;
        this.loops = loops;
        this.tickNanos = tickNanos;
        this.leftNanos = leftNanos;
        this.fromNanos = fromNanos;
        this.loop = loop;
        shiftNanos = Math.subtractExact(atNanos, fromNanos);
        throughNanos = atNanos;
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        try {
            if (passHasEnded) {
                if (!loops.getAsBoolean() || lastNanos == Long.MIN_VALUE) {
                    return false; // a pass without events would be followed by another for ever
                }
                beginNext();
            }
            if (pass == null) {
                pass = leftNanos == NOWHERE ? source.pass(fromNanos) : source.goOn(leftNanos, fromNanos);
            }
            if (!passEnds && pull(batch)) {
                return true;
            }
            passHasEnded = true;
            endedNanos = Math.min(pass.throughNanos(), playback.untilNanos());
            close();
            if (!loops.getAsBoolean() || lastNanos == Long.MIN_VALUE) {
                return false;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        long end = Math.max(throughNanos, lastNanos + 1);
        throughNanos = -Math.floorDiv(-end, tickNanos) * tickNanos;
        return true;
    }

    @Override
    public long throughNanos() {
        return throughNanos;
    }

    /** Says of a stretch that was filled by the last {@link #next} which pass it belongs to. */
    void label(Stretch stretch) {
        stretch.loop = loop;
        stretch.shiftNanos = shiftNanos;
    }

    @Override
    public void close() throws IOException {
        if (pass != null) {
            pass.close();
            pass = null;
        }
    }

    private void beginNext() {
        passHasEnded = false;
        passEnds = false;
        leftNanos = endedNanos;
        fromNanos = playback.fromNanos();
        shiftNanos = throughNanos - fromNanos;
        lastNanos = Long.MIN_VALUE;
        loop++;
    }

    private boolean pull(EventBatch batch) {
        boolean whole = shiftNanos == 0 && fromNanos == 0 && playback.untilNanos() == ReplayOptions.UNLIMITED;
        EventBatch into = whole ? batch : raw;
        if (!pass.next(into)) {
            return false;
        }
        for (int i = 0; i < into.size(); i++) {
            long end = into.endNanos(i);
            if (whole) {
                lastNanos = Math.max(lastNanos, end);
            } else if (end >= fromNanos && end < playback.untilNanos()) {
                batch.addFrom(into, i, shiftNanos);
                lastNanos = Math.max(lastNanos, end + shiftNanos);
            }
        }
        passEnds = pass.throughNanos() >= playback.untilNanos();
        long through = Math.min(pass.throughNanos(), playback.untilNanos());
        throughNanos = Math.max(throughNanos, Math.addExact(through, shiftNanos));
        return true;
    }
}
