package io.supernode.cost;

import io.supernode.event.Fabric;

/**
 * Dispatch of a few tokens per die to their experts, and the combine of what these computed, as inference does it at
 * every layer: {@code T = start + S / line rate + growth · log2(ranks / 8)}. Start and growth are fitted on the published
 * latencies at 128 tokens a die for 8 to 256 ranks, which they meet within 10 us: CloudMatrix384's in the CloudMatrix384
 * paper, H800's in DeepEP's table (arXiv 2506.12708 section 5.4.1, deepseek-ai/DeepEP) [P]. Beyond 256 ranks the line is
 * continued; below 8 it is flat. The H800 is bound by its wire, the bus by software: that is why fifteen times the line
 * rate become 1.3 to 2.7 times.
 *
 * @param dispatchStart seconds, of a dispatch among 8 ranks, without its time on the wire
 * @param dispatchGrowth seconds for each doubling of the ranks
 * @param combineStart the same of a combine
 * @param combineGrowth the same of a combine
 */
public record ExpertExchange(double dispatchStart, double dispatchGrowth, double combineStart, double combineGrowth) {
    /** 120 and 126 us among 8 ranks, of which 7.9 and 14.7 MB at 196 GB/s take 40.1 and 74.9 us. */
    public static final ExpertExchange BUS = new ExpertExchange(79.9e-6, 7.2e-6, 51.1e-6, 6.1e-6);

    /** 166 and 322.6 us among 8 ranks, of which 7.6 and 14.7 MB at 50 GB/s take 151.4 and 293.6 us. */
    public static final ExpertExchange RDMA = new ExpertExchange(14.6e-6, 6.2e-6, 29.0e-6, 9.4e-6);

    /** Ranks among which the start is stated. */
    private static final int BASE_RANKS = 8;

    public static ExpertExchange over(Fabric fabric) {
        return switch (fabric) {
            case BUS -> BUS;
            case ETHERNET, UNKNOWN -> RDMA;
        };
    }

    /**
     * @param bytes that a rank sends
     * @param bytesPerSecond line rate of a rank
     */
    public double dispatchSeconds(double bytes, double bytesPerSecond, int ranks) {
        return dispatchStart + bytes / bytesPerSecond + dispatchGrowth * doublings(ranks);
    }

    /**
     * @param bytes that a rank gets back
     * @param bytesPerSecond line rate of a rank
     */
    public double combineSeconds(double bytes, double bytesPerSecond, int ranks) {
        return combineStart + bytes / bytesPerSecond + combineGrowth * doublings(ranks);
    }

    private static double doublings(int ranks) {
        return ranks <= BASE_RANKS ? 0 : StrictMath.log((double) ranks / BASE_RANKS) / StrictMath.log(2);
    }
}
