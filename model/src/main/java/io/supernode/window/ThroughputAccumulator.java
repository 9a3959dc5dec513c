package io.supernode.window;

import java.util.Arrays;

/**
 * The whole numbers of a {@link ThroughputWindow} while they are being summed: a commutative monoid, so no result
 * depends on order or on who summed what. Not thread-safe.
 */
final class ThroughputAccumulator {
    // positions of the figures; the order is that of stored state: append only
    static final int COMPUTE_EVENTS = 0;
    static final int BUS_EVENTS = 1;
    static final int STEP_EVENTS = 2;
    static final int REQUEST_EVENTS = 3;
    static final int LATE_EVENTS = 4;
    static final int COMPUTE_NANOS = 5;
    static final int TRANSIT_NANOS = 6;
    static final int WAIT_NANOS = 7;
    static final int TOKENS = 8;
    static final int MEGAFLOPS = 9;
    static final int HBM_BYTES = 10;
    static final int SENT_BYTES = 11;
    static final int RECEIVED_BYTES = 12;
    static final int UNKNOWN_SIZE_EVENTS = 13;
    static final int STEP_TOKENS = 14;
    static final int STEP_MEGAFLOPS = 15;
    static final int STEP_NANOS = 16;
    static final int INPUT_TOKENS = 17;
    static final int OUTPUT_TOKENS = 18;
    static final int SAMPLE_EVENTS = 19;
    static final int FAULT_EVENTS = 20;
    static final int ENERGY_MILLIJOULES = 21;
    static final int LINK_ERRORS = 22;
    static final int LINK_DOWN_NANOS = 23;
    private static final int FIGURES = 24;

    private final long[] figures = new long[FIGURES];

    void add(int figure, long amount) {
        figures[figure] += amount;
    }

    void merge(ThroughputAccumulator other) {
        for (int i = 0; i < FIGURES; i++) {
            figures[i] += other.figures[i];
        }
    }

    void clear() {
        Arrays.fill(figures, 0);
    }

    boolean isEmpty() {
        for (long figure : figures) {
            if (figure != 0) {
                return false;
            }
        }
        return true;
    }

    /** Events of all kinds. */
    long events() {
        return figures[COMPUTE_EVENTS]
                + figures[BUS_EVENTS]
                + figures[STEP_EVENTS]
                + figures[REQUEST_EVENTS]
                + figures[SAMPLE_EVENTS]
                + figures[FAULT_EVENTS];
    }

    /** One bit per figure that is not 0, then those figures. */
    void write(PartialWriter out) {
        long present = 0;
        for (int i = 0; i < FIGURES; i++) {
            if (figures[i] != 0) {
                present |= 1L << i;
            }
        }
        out.write(present);
        for (int i = 0; i < FIGURES; i++) {
            if (figures[i] != 0) {
                out.write(figures[i]);
            }
        }
    }

    /** Adds what {@link #write} wrote. */
    void mergeFrom(PartialReader in) {
        long present = in.read();
        while (present != 0) {
            figures[Long.numberOfTrailingZeros(present)] += in.read();
            present &= present - 1;
        }
    }

    ThroughputWindow window(WindowKey key, long originEpochNanos, int revision) {
        return new ThroughputWindow(
                key.run(),
                key.supernode(),
                key.scope(),
                key.entity(),
                originEpochNanos,
                key.startNanos(),
                key.lengthNanos(),
                revision,
                figures[COMPUTE_EVENTS],
                figures[BUS_EVENTS],
                figures[STEP_EVENTS],
                figures[REQUEST_EVENTS],
                figures[LATE_EVENTS],
                figures[COMPUTE_NANOS],
                figures[TRANSIT_NANOS],
                figures[WAIT_NANOS],
                figures[TOKENS],
                figures[MEGAFLOPS],
                figures[HBM_BYTES],
                figures[SENT_BYTES],
                figures[RECEIVED_BYTES],
                figures[UNKNOWN_SIZE_EVENTS],
                figures[STEP_TOKENS],
                figures[STEP_MEGAFLOPS],
                figures[STEP_NANOS],
                figures[INPUT_TOKENS],
                figures[OUTPUT_TOKENS],
                figures[SAMPLE_EVENTS],
                figures[FAULT_EVENTS],
                figures[ENERGY_MILLIJOULES],
                figures[LINK_ERRORS],
                figures[LINK_DOWN_NANOS]);
    }
}
