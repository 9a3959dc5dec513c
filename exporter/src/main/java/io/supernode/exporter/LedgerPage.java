package io.supernode.exporter;

import java.util.Arrays;

/**
 * The marks of all windows of one kind, start and length: an open-addressing table of plain arrays, because a
 * supernode has about 3,000 windows for each second of event time and an object for each would cost three times as
 * much memory. Where the window itself is needed again (to take it away from a total), it is kept beside its mark.
 * Not thread-safe.
 */
final class LedgerPage {
    private static final long FREE = -1;

    private long[] keys = new long[16];
    private long[] fullness = new long[16];
    private int[] revisions = new int[16];
    private long[] hashHigh = new long[16];
    private long[] hashLow = new long[16];
    private Object[] windows;
    private int size;

    LedgerPage(boolean keepWindows) {
        Arrays.fill(keys, FREE);
        windows = keepWindows ? new Object[16] : null;
    }

    /** Position of the key, or {@code -1} when it is not there. */
    int find(long key) {
        int i = slot(key, keys.length);
        while (keys[i] != FREE) {
            if (keys[i] == key) {
                return i;
            }
            i = (i + 1) & (keys.length - 1);
        }
        return -1;
    }

    /** @param key &gt;= 0, not in the page yet */
    void add(long key, WindowMark mark, Object window) {
        if (size * 3 >= keys.length * 2) {
            grow();
        }
        int i = slot(key, keys.length);
        while (keys[i] != FREE) {
            i = (i + 1) & (keys.length - 1);
        }
        keys[i] = key;
        size++;
        replace(i, mark, window);
    }

    void replace(int i, WindowMark mark, Object window) {
        fullness[i] = mark.fullness();
        revisions[i] = mark.revision();
        hashHigh[i] = mark.hash().high();
        hashLow[i] = mark.hash().low();
        if (windows != null) {
            windows[i] = window;
        }
    }

    boolean isReplacedBy(int i, WindowMark mark) {
        return mark.replaces(fullness[i], revisions[i], hashHigh[i], hashLow[i]);
    }

    long fullness(int i) {
        return fullness[i];
    }

    long hashHigh(int i) {
        return hashHigh[i];
    }

    long hashLow(int i) {
        return hashLow[i];
    }

    /** The window kept at a position; null in a page that keeps none. */
    Object window(int i) {
        return windows == null ? null : windows[i];
    }

    int size() {
        return size;
    }

    private void grow() {
        LedgerPage wider = new LedgerPage(false);
        int capacity = keys.length * 2;
        wider.keys = new long[capacity];
        Arrays.fill(wider.keys, FREE);
        wider.fullness = new long[capacity];
        wider.revisions = new int[capacity];
        wider.hashHigh = new long[capacity];
        wider.hashLow = new long[capacity];
        wider.windows = windows == null ? null : new Object[capacity];
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != FREE) {
                WindowMark mark = new WindowMark(fullness[i], revisions[i], new WindowHash(hashHigh[i], hashLow[i]));
                wider.add(keys[i], mark, window(i));
            }
        }
        keys = wider.keys;
        fullness = wider.fullness;
        revisions = wider.revisions;
        hashHigh = wider.hashHigh;
        hashLow = wider.hashLow;
        windows = wider.windows;
    }

    private static int slot(long key, int capacity) {
        long h = key * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 40) & (capacity - 1);
    }
}
