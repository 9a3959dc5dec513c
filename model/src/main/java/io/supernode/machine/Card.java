package io.supernode.machine;

/**
 * One accelerator card.
 *
 * @param name as scenarios write it
 * @param bf16Flops dense peak, floating-point operations per second
 * @param int8Ops dense peak, operations per second
 * @param memoryBytes high-bandwidth memory
 * @param memoryBytesPerSecond peak rate of that memory
 * @param idleWatts power without work
 * @param maxWatts power under stress
 */
public record Card(
        String name,
        double bf16Flops,
        double int8Ops,
        long memoryBytes,
        double memoryBytesPerSecond,
        double idleWatts,
        double maxWatts) {
    /** Peak operations per second. */
    public double peak(Precision precision) {
        return switch (precision) {
            case BF16 -> bf16Flops;
            case INT8 -> int8Ops;
        };
    }

    /**
     * Power under load: {@code idle + (max - idle)(0.9 tensor + 0.1 memory)}. No card power is published: the weights
     * are chosen so that a supernode that trains Llama 3 405B draws the 559 kW that SemiAnalysis estimates [S]. Memory
     * counts with the traffic that the work needs at least, hence its small weight.
     *
     * @param tensorRatio share of time in which the matrix units work, 0 to 1
     * @param memoryRatio share of the memory's rate in use, 0 to 1
     */
    public double watts(double tensorRatio, double memoryRatio) {
        return idleWatts + (maxWatts - idleWatts) * (0.9 * tensorRatio + 0.1 * memoryRatio);
    }
}
