package io.supernode.app.report;

import java.util.Locale;

/** Figures as people read them: three to four digits and the unit that suits. Never for scripts. */
public final class Readable {
    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P", "E"};

    private Readable() {}

    /** {@code 87.2 s}, {@code 1.34 ms}, {@code 250 ns}; from ten minutes {@code 39 min 57 s}, {@code 1 h 02 min}. */
    public static String seconds(double seconds) {
        if (Math.round(seconds) >= 3600) {
            long minutes = Math.round(seconds / 60);
            return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
        }
        if (Math.round(seconds * 100) >= 60_000) {
            long whole = Math.round(seconds);
            return whole % 60 == 0
                    ? whole / 60 + " min"
                    : String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
        }
        if (seconds >= 1 || seconds == 0) {
            return digits(seconds) + " s";
        }
        if (seconds >= 1e-3) {
            return digits(seconds * 1e3) + " ms";
        }
        return seconds >= 1e-6 ? digits(seconds * 1e6) + " µs" : digits(seconds * 1e9) + " ns";
    }

    /** {@code 289 PFLOPS}, {@code 392 GB/s}: powers of 1000. */
    public static String scaled(double value, String unit) {
        int prefix = 0;
        double scaled = value;
        while (scaled >= 1000 && prefix + 1 < PREFIXES.length) {
            scaled /= 1000;
            prefix++;
        }
        return digits(scaled) + " " + PREFIXES[prefix] + unit;
    }

    /** {@code 3,643,221} */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** {@code 41.2 %} of a ratio of 0.412. */
    public static String percent(double ratio) {
        return String.format(Locale.ROOT, "%.1f %%", ratio * 100);
    }

    static String digits(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e4) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        int decimals = value >= 100 ? 1 : value >= 10 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
