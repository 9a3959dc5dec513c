package io.supernode.cost;

/** How much later than one rank the last of several is. */
public final class Straggling {
    private static final int STEPS = 4096;

    private Straggling() {}

    /**
     * Expected largest of {@code n} draws of {@link io.supernode.unit.Draws#bell}: mean 0, variance 1. Exact for the sum
     * of four uniforms, {@code E max = ∫ (1 - F(x)^n) dx} over 0 to 4, less the mean, over the deviation; Simpson's rule.
     */
    public static double expectedMaximum(int n) {
        if (n == 1) {
            return 0;
        }
        double h = 4.0 / STEPS;
        double sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            double weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * (1 - StrictMath.pow(distribution(i * h), n));
        }
        return (sum * h / 3 - 2) / StrictMath.sqrt(4.0 / 12);
    }

    /** Deviation of that largest draw from its expectation: {@code E max^2 = ∫ 2 x (1 - F(x)^n) dx}, likewise. */
    public static double deviationOfMaximum(int n) {
        double h = 4.0 / STEPS;
        double sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            double weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * 2 * i * h * (1 - StrictMath.pow(distribution(i * h), n));
        }
        double mean = expectedMaximum(n) * StrictMath.sqrt(4.0 / 12) + 2;
        return StrictMath.sqrt((sum * h / 3 - mean * mean) / (4.0 / 12));
    }

    /** Distribution of the sum of four uniforms (Irwin, Hall 1927). */
    private static double distribution(double x) {
        double sum = 0;
        double sign = 1;
        double choose = 1;
        for (int k = 0; k <= 4 && k < x; k++) {
            double d = x - k;
            sum += sign * choose * d * d * d * d;
            sign = -sign;
            choose = choose * (4 - k) / (k + 1);
        }
        return Math.min(1, sum / 24);
    }
}
