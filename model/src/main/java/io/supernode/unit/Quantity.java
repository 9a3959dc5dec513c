package io.supernode.unit;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads quantities that carry their unit: {@code 4Mi}, {@code 10m}, {@code 64GiB}, {@code 392GB/s}. Decimal prefixes are
 * powers of 1000 (k, M, G, T, P), binary ones powers of 1024 (Ki, Mi, Gi, Ti, Pi); the two are never taken for each
 * other. Arithmetic is decimal and exact. All errors are {@link IllegalArgumentException} with one line.
 */
public final class Quantity {
    private static final Map<String, BigDecimal> PREFIXES = prefixes();
    /** Nanoseconds per unit of time. */
    private static final Map<String, BigDecimal> TIMES = times();

    private Quantity() {}

    /** A whole number with an optional prefix: {@code 8192}, {@code 4Mi}, {@code 1.5k}; 0 to 2^63 - 1. */
    public static long count(String text) {
        return whole(text, scaled(text, PREFIXES, "a number such as 8192, 8k or 4Mi"));
    }

    /** Bytes: {@code 512B}, {@code 64GiB}, {@code 128GB}; a number without unit counts bytes. */
    public static long bytes(String text) {
        String number = text.endsWith("B") ? text.substring(0, text.length() - 1) : text;
        return whole(text, scaled(number, PREFIXES, "a size such as 512B, 128GB or 64GiB"));
    }

    /** Bytes per second: {@code 392GB/s}, or bits per second: {@code 200Gb/s}. The unit is required. */
    public static double bytesPerSecond(String text) {
        String expected = "a rate such as 392GB/s or 200Gb/s";
        if (text.endsWith("B/s")) {
            return scaled(text.substring(0, text.length() - 3), PREFIXES, expected)
                    .doubleValue();
        }
        if (text.endsWith("b/s")) {
            return scaled(text.substring(0, text.length() - 3), PREFIXES, expected)
                            .doubleValue()
                    / 8;
        }
        throw new IllegalArgumentException("must be " + expected + ": " + text);
    }

    /** A length of time in nanoseconds: {@code 200ns}, {@code 1.5us}, {@code 10ms}, {@code 90s}, {@code 10m}, {@code 2h}. */
    public static long nanos(String text) {
        return whole(text, scaled(text, TIMES, "a time such as 250ms, 90s or 10m"));
    }

    /** A plain decimal number, {@code 0.58} or {@code 1e-3}. */
    public static double number(String text) {
        return scaled(text, Map.of("", BigDecimal.ONE), "a number such as 0.58").doubleValue();
    }

    private static BigDecimal scaled(String text, Map<String, BigDecimal> units, String expected) {
        String trimmed = text.strip();
        int end = numberLength(trimmed);
        BigDecimal unit = units.get(trimmed.substring(end).strip());
        if (end == 0 || unit == null) {
            throw new IllegalArgumentException("must be " + expected + ": " + text);
        }
        try {
            return new BigDecimal(trimmed.substring(0, end)).multiply(unit);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be " + expected + ": " + text, e);
        }
    }

    private static int numberLength(String text) {
        int i = 0;
        while (i < text.length() && isNumberPart(text, i)) {
            i++;
        }
        return i;
    }

    private static boolean isNumberPart(String text, int i) {
        char c = text.charAt(i);
        if (c >= '0' && c <= '9' || c == '.') {
            return true;
        }
        if (c == '-' || c == '+') {
            return i == 0 || text.charAt(i - 1) == 'e' || text.charAt(i - 1) == 'E';
        }
        // an exponent is followed by a digit or a sign; otherwise the letter belongs to the unit
        return i > 0
                && (c == 'e' || c == 'E')
                && i + 1 < text.length()
                && (Character.isDigit(text.charAt(i + 1)) || text.charAt(i + 1) == '-' || text.charAt(i + 1) == '+');
    }

    private static long whole(String text, BigDecimal value) {
        if (value.signum() < 0) {
            throw new IllegalArgumentException("must be >= 0: " + text);
        }
        if (value.precision() - value.scale() > 19) {
            throw new IllegalArgumentException("must be below 2^63: " + text);
        }
        try {
            return value.setScale(0, RoundingMode.UNNECESSARY).longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("must be a whole number below 2^63 of the smallest unit: " + text, e);
        }
    }

    private static Map<String, BigDecimal> prefixes() {
        Map<String, BigDecimal> units = new LinkedHashMap<>();
        units.put("", BigDecimal.ONE);
        String[] decimal = {"k", "M", "G", "T", "P"};
        String[] binary = {"Ki", "Mi", "Gi", "Ti", "Pi"};
        for (int i = 0; i < decimal.length; i++) {
            units.put(decimal[i], BigDecimal.TEN.pow(3 * (i + 1)));
            units.put(binary[i], BigDecimal.valueOf(1L << 10 * (i + 1)));
        }
        return units;
    }

    private static Map<String, BigDecimal> times() {
        Map<String, BigDecimal> units = new LinkedHashMap<>();
        units.put("ns", BigDecimal.ONE);
        units.put("us", BigDecimal.TEN.pow(3));
        units.put("ms", BigDecimal.TEN.pow(6));
        units.put("s", BigDecimal.TEN.pow(9));
        units.put("m", BigDecimal.valueOf(60_000_000_000L));
        units.put("h", BigDecimal.valueOf(3_600_000_000_000L));
        units.put("d", BigDecimal.valueOf(86_400_000_000_000L));
        return units;
    }
}
