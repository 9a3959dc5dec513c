package io.supernode.replay;

import java.util.Arrays;

/**
 * How long at least one of many spans lasted: the length of the union of half-open intervals. Spans may come in any
 * order, nearly in the order of time being cheapest. Memory is bounded: of more than {@value #INTERVALS_MAX} separate
 * intervals the earliest are closed, and a span that reaches back beyond them counts from there. Not thread-safe.
 */
final class BusyTime {
    private static final int INTERVALS_MAX = 1 << 16;

    // disjoint, not touching, ascending
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private int size;
    private long closedNanos;
    private long closedUntil = Long.MIN_VALUE;

    void add(long start, long end) {
        long from = Math.max(start, closedUntil);
        if (end <= from) {
            return;
        }
        int last = size; // the intervals first .. last - 1 touch the span
        while (last > 0 && starts[last - 1] > end) {
            last--;
        }
        int first = last;
        while (first > 0 && ends[first - 1] >= from) {
            first--;
        }
        if (first == last) {
            insert(last, from, end);
        } else {
            starts[first] = Math.min(starts[first], from);
            ends[first] = Math.max(ends[last - 1], end);
            System.arraycopy(starts, last, starts, first + 1, size - last);
            System.arraycopy(ends, last, ends, first + 1, size - last);
            size -= last - first - 1;
        }
    }

    long nanos() {
        long sum = closedNanos;
        for (int i = 0; i < size; i++) {
            sum += ends[i] - starts[i];
        }
        return sum;
    }

    private void insert(int at, long start, long end) {
        int position = at;
        if (size == INTERVALS_MAX) {
            position -= close(INTERVALS_MAX / 2);
            if (position < 0) {
                add(start, end); // it lies among those just closed
                return;
            }
        } else if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
        }
        System.arraycopy(starts, position, starts, position + 1, size - position);
        System.arraycopy(ends, position, ends, position + 1, size - position);
        starts[position] = start;
        ends[position] = end;
        size++;
    }

    private int close(int count) {
        for (int i = 0; i < count; i++) {
            closedNanos += ends[i] - starts[i];
        }
        closedUntil = ends[count - 1];
        System.arraycopy(starts, count, starts, 0, size - count);
        System.arraycopy(ends, count, ends, 0, size - count);
        size -= count;
        return count;
    }
}
