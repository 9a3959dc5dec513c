package io.supernode.analytics;

import java.util.Arrays;

/**
 * The numbers of the frames that came from one node, of one kind. A sender numbers them 0, 1, 2 without a gap, and a
 * partition keeps their order, so a number that is skipped is a lost frame and one that was there is a repetition.
 * Numbers that were skipped are kept: who fills a gap later is no repetition. Not thread-safe.
 */
final class FrameSequence {
    /** Gaps that are remembered; a frame out of an older one counts as a repetition. */
    private static final int GAPS_MAX = 1024;

    /** What the number of a frame says. */
    enum Verdict {
        /** The next one, or the first that is seen at all: reading may begin anywhere. */
        EXPECTED,
        /** Numbers were left out before it. */
        AFTER_GAP,
        /** It was left out before. */
        FILLS_GAP,
        REPEATED
    }

    private long frames;
    private long next;
    private long touchedMillis;
    /** Numbers below {@link #next} that did not come, {@code [from, to)} pairs, ascending. */
    private long[] gaps = {};

    FrameSequence() {}

    FrameSequence(SequenceState state) {
        frames = state.frames();
        next = state.next();
        touchedMillis = state.touchedMillis();
        gaps = state.gaps();
    }

    /** @param sequence at least 0 */
    Verdict note(long sequence, long watermarkMillis) {
        touchedMillis = watermarkMillis;
        if (sequence >= next) {
            boolean skips = sequence > next;
            if (skips) {
                addGap(next, sequence);
            }
            next = sequence == Long.MAX_VALUE ? sequence : sequence + 1;
            return frames++ > 0 && skips ? Verdict.AFTER_GAP : Verdict.EXPECTED;
        }
        for (int i = gaps.length - 2; i >= 0 && sequence < gaps[i + 1]; i -= 2) {
            if (sequence >= gaps[i]) {
                fill(i, sequence);
                frames++;
                return Verdict.FILLS_GAP;
            }
        }
        return Verdict.REPEATED;
    }

    /** The number that comes next. */
    long next() {
        return next;
    }

    /** How far time had come when a frame was last seen; {@link Long#MIN_VALUE} when that was not known. */
    long touchedMillis() {
        return touchedMillis;
    }

    void touchedMillis(long millis) {
        touchedMillis = millis;
    }

    /** Of two that know the same stream, the one that has seen more of it knows everything. */
    boolean knowsMoreThan(FrameSequence other) {
        return frames > other.frames;
    }

    SequenceState state(long run, int supernode, int node, int kind) {
        return new SequenceState(run, supernode, node, kind, frames, next, touchedMillis, gaps.clone());
    }

    private void addGap(long from, long to) {
        int keep = Math.min(gaps.length, 2 * (GAPS_MAX - 1));
        long[] more = Arrays.copyOfRange(gaps, gaps.length - keep, gaps.length + 2);
        more[keep] = from;
        more[keep + 1] = to;
        gaps = more;
    }

    private void fill(int i, long sequence) {
        long from = gaps[i];
        long to = gaps[i + 1];
        long[] less = new long[gaps.length + 2];
        System.arraycopy(gaps, 0, less, 0, i);
        int size = i;
        if (from < sequence) {
            less[size++] = from;
            less[size++] = sequence;
        }
        if (sequence + 1 < to) {
            less[size++] = sequence + 1;
            less[size++] = to;
        }
        System.arraycopy(gaps, i + 2, less, size, gaps.length - i - 2);
        gaps = Arrays.copyOf(less, size + gaps.length - i - 2);
    }
}
