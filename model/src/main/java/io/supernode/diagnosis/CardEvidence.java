package io.supernode.diagnosis;

import io.supernode.event.EventBatch;
import io.supernode.window.PartialReader;
import io.supernode.window.PartialWriter;
import java.util.Arrays;

/**
 * What one card did in one slice, as far as it can be compared with what others did: a few sums per series of like
 * events, and its gauges. A series is all compute events of one operation, stage and order of work, or all bus events of
 * one operation, network and group. Whole numbers that add up: the same in any order. Not thread-safe.
 */
final class CardEvidence {
    /** Events of the series. */
    static final int COUNT = 0;
    /** Time computed, or transit without waiting. */
    static final int NANOS = 1;
    /** Operations (10^6), or the larger of bytes sent and received; 0 unknown. */
    static final int WORK = 2;
    /** Time waited for late peers. */
    static final int WAIT = 3;
    /** Sum of the squares of each event's time, in microseconds. */
    static final int SQUARES = 4;

    /** Bytes that left the card over the bus; none where the size is unknown. */
    static final int SENT = 5;

    static final int FIGURES = 6;
    /** A card has about ten; more than this are garbage, and are left out. */
    private static final int SERIES_MAX = 256;

    final int card;
    /** The node that reports the card. */
    int node;

    private int series;
    /** Two numbers per series: {@link Series}. */
    private long[] keys = new long[16];

    private long[] figures = new long[8 * FIGURES];

    long events;
    long samples;
    long linkErrors;
    /** One bit per plane that was down at some time. */
    int planesDown;
    /** Summed over the samples. */
    long clockMegahertz;

    long temperatureMillicelsius;

    CardEvidence(int card) {
        this.card = card;
    }

    /** The series' place, made when the series is new; -1 when there are too many. Linear: a card has about ten. */
    int series(long high, long low) {
        for (int i = 0; i < series; i++) {
            if (keys[2 * i] == high && keys[2 * i + 1] == low) {
                return i;
            }
        }
        if (series == SERIES_MAX) {
            return -1;
        }
        if (2 * series == keys.length) {
            keys = Arrays.copyOf(keys, keys.length * 2);
            figures = Arrays.copyOf(figures, figures.length * 2);
        }
        keys[2 * series] = high;
        keys[2 * series + 1] = low;
        return series++;
    }

    int seriesCount() {
        return series;
    }

    long high(int series) {
        return keys[2 * series];
    }

    long low(int series) {
        return keys[2 * series + 1];
    }

    long figure(int series, int figure) {
        return figures[series * FIGURES + figure];
    }

    /** The operations of a compute series; where they are not told, the events. */
    double work(int series) {
        long work = figure(series, WORK);
        return work > 0 ? work : figure(series, COUNT);
    }

    void add(int series, long nanos, long work, long wait, long sent) {
        if (series < 0) {
            return;
        }
        int at = series * FIGURES;
        long micros = nanos / 1000;
        figures[at + COUNT]++;
        figures[at + NANOS] += nanos;
        figures[at + WORK] += work;
        figures[at + WAIT] += wait;
        figures[at + SQUARES] += micros * micros;
        figures[at + SENT] += sent;
    }

    /** Puts the series in the order of their keys. By insertion: a card has about ten. */
    void sort() {
        for (int i = 1; i < series; i++) {
            for (int j = i; j > 0 && isBefore(j, j - 1); j--) {
                swap(keys, 2, j, j - 1);
                swap(figures, FIGURES, j, j - 1);
            }
        }
    }

    private boolean isBefore(int one, int other) {
        int byHigh = Long.compare(high(one), high(other));
        return byHigh < 0 || byHigh == 0 && low(one) < low(other);
    }

    private static void swap(long[] values, int width, int one, int other) {
        for (int i = 0; i < width; i++) {
            long kept = values[one * width + i];
            values[one * width + i] = values[other * width + i];
            values[other * width + i] = kept;
        }
    }

    /** Takes in what the card's gauges say. */
    void addSample(EventBatch events, int i) {
        samples++;
        linkErrors += events.linkErrors(i);
        planesDown |= events.planesDown(i);
        clockMegahertz += events.clockMegahertz(i);
        temperatureMillicelsius += events.temperatureMillicelsius(i);
    }

    void write(PartialWriter out) {
        out.write(card);
        out.write(node);
        out.write(events);
        out.write(samples);
        if (samples > 0) {
            out.write(linkErrors);
            out.write(planesDown);
            out.write(clockMegahertz);
            out.write(zigzag(temperatureMillicelsius));
        }
        out.write(series);
        for (int i = 0; i < series; i++) {
            out.write(keys[2 * i]);
            out.write(keys[2 * i + 1]);
            for (int f = 0; f < FIGURES; f++) {
                out.write(figures[i * FIGURES + f]);
            }
        }
    }

    /**
     * Adds what {@link #write} wrote, after the card.
     *
     * @param figuresStored how many figures of a series it wrote; the others are 0
     */
    void mergeFrom(PartialReader in, int figuresStored) {
        node = in.readInt();
        events += in.read();
        long samplesRead = in.read();
        samples += samplesRead;
        if (samplesRead > 0) {
            linkErrors += in.read();
            planesDown |= in.readInt();
            clockMegahertz += in.read();
            long temperature = in.read();
            temperatureMillicelsius += temperature >>> 1 ^ -(temperature & 1);
        }
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            int at = series(in.read(), in.read());
            for (int f = 0; f < figuresStored; f++) {
                long figure = in.read();
                if (at >= 0) {
                    figures[at * FIGURES + f] += figure;
                }
            }
        }
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }
}
