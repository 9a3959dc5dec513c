package io.supernode.ingest;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Decimal numbers as they are written, without the detour of a double, which is off by 0.25 us at today's dates. */
final class Decimal {
    private static final int LONGEST = 64;
    private static final int LARGEST_EXPONENT = 64;

    private Decimal() {}

    /**
     * A number times a power of ten, to the nearest whole, halves away from zero: seconds to nanoseconds with 9,
     * microseconds to nanoseconds with 3.
     *
     * @throws NumberFormatException when the text is not a number, or the result does not fit 64 bits
     */
    static long scaled(String text, int powerOfTen) {
        String digits = text.strip(); // some tools end their numbers in a tab
        if (digits.isEmpty() || digits.length() > LONGEST) {
            throw new NumberFormatException("not a number: " + digits.length() + " characters");
        }
        BigDecimal number = new BigDecimal(digits);
        if (Math.abs(number.scale()) > LARGEST_EXPONENT) { // 1e999999999 would be written out in full below
            throw new NumberFormatException("exponent too large");
        }
        try {
            return number.scaleByPowerOfTen(powerOfTen)
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new NumberFormatException("does not fit 64 bits");
        }
    }
}
