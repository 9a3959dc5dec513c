package io.supernode.replay;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many seconds of event time pass in one second of wall time, as an exact fraction: a decimal such as 0.1 has no
 * exact binary form, and an error of one part in 10^16 is a nanosecond after four months.
 *
 * @param numerator event time, &gt;= 1
 * @param denominator wall time, &gt;= 1; 0 for {@link #MAX}
 */
public record Speed(long numerator, long denominator) {
    /** As fast as the other side takes it: no time passes by the wall between two events. */
    public static final Speed MAX = new Speed(1, 0);

    public static final Speed REAL_TIME = new Speed(1, 1);

    /** Largest numerator and denominator: a product of two of them fits 63 bits. */
    private static final long LARGEST_TERM = 1_000_000_000;

    private static final Pattern TEXT = Pattern.compile("(\\d{1,10}(?:\\.\\d{1,9})?)(?:/(\\d{1,10}))?[xX]?");

    public Speed {
        if (numerator < 1 || numerator > LARGEST_TERM) {
            throw new IllegalArgumentException("must be 1 to " + LARGEST_TERM + ": numerator=" + numerator);
        }
        if (denominator < 0 || denominator > LARGEST_TERM) {
            throw new IllegalArgumentException("must be 0 to " + LARGEST_TERM + ": denominator=" + denominator);
        }
        long divisor = BigInteger.valueOf(numerator)
                .gcd(BigInteger.valueOf(denominator))
                .longValueExact();
        numerator /= divisor;
        denominator /= divisor;
    }

    /**
     * @param text {@code 10x}, {@code 0.1x}, {@code 7/3x} (the x may be left out), or {@code max}
     * @throws IllegalArgumentException for anything else, and beyond 10^-9 to 10^9
     */
    public static Speed parse(String text) {
        String trimmed = text.strip();
        if (trimmed.equalsIgnoreCase("max")) {
            return MAX;
        }
        Matcher parts = TEXT.matcher(trimmed);
        if (!parts.matches()) {
            throw unreadable(text);
        }
        BigDecimal value = new BigDecimal(parts.group(1));
        BigInteger over = parts.group(2) == null ? BigInteger.ONE : new BigInteger(parts.group(2));
        BigInteger numerator = value.unscaledValue();
        BigInteger denominator = BigInteger.TEN.pow(value.scale()).multiply(over);
        if (numerator.signum() == 0 || denominator.signum() == 0) {
            throw unreadable(text);
        }
        BigInteger divisor = numerator.gcd(denominator);
        BigInteger largest = BigInteger.valueOf(LARGEST_TERM);
        numerator = numerator.divide(divisor);
        denominator = denominator.divide(divisor);
        if (numerator.compareTo(largest) > 0 || denominator.compareTo(largest) > 0) {
            throw unreadable(text);
        }
        return new Speed(numerator.longValueExact(), denominator.longValueExact());
    }

    public boolean isMax() {
        return denominator == 0;
    }

    /**
     * Wall time that {@code eventNanos} of event time take, rounded down to a nanosecond, exact for any number of
     * years; 0 for {@link #MAX}.
     *
     * @throws ArithmeticException when the answer exceeds 292 years
     */
    public long wallNanos(long eventNanos) {
        return scale(eventNanos, denominator, numerator);
    }

    /**
     * Event time that passes in {@code wallNanos} of wall time, rounded down to a nanosecond.
     *
     * @throws ArithmeticException for {@link #MAX}, and when the answer exceeds 292 years
     */
    public long eventNanos(long wallNanos) {
        return scale(wallNanos, numerator, denominator);
    }

    @Override
    public String toString() {
        if (isMax()) {
            return "max";
        }
        BigInteger rest = BigInteger.valueOf(denominator);
        while (rest.mod(BigInteger.TWO).signum() == 0) {
            rest = rest.shiftRight(1);
        }
        BigInteger five = BigInteger.valueOf(5);
        while (rest.mod(five).signum() == 0) {
            rest = rest.divide(five);
        }
        if (rest.equals(BigInteger.ONE)) {
            return BigDecimal.valueOf(numerator)
                            .divide(BigDecimal.valueOf(denominator))
                            .toPlainString()
                    + "x";
        }
        return numerator + "/" + denominator + "x";
    }

    /** {@code floor(value · by / over)} without an intermediate beyond 63 bits. */
    private static long scale(long value, long by, long over) {
        long whole = Math.floorDiv(value, over);
        long part = Math.floorMod(value, over);
        return Math.addExact(Math.multiplyExact(whole, by), part * by / over);
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException(
                "must be a number above 0 such as 10x, 0.1x or 7/3x, or max: speed=" + text);
    }
}
