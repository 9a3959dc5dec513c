package io.supernode.training;

import io.supernode.unit.Draws;
import java.util.Arrays;

/**
 * How the tokens of one microbatch spread over the replicas of a block, which hold different experts: each replica's
 * share over the mean, drawn anew for every microbatch and chunk, the same forward and backward.
 */
final class ExpertLoad {
    private static final int STREAM = 7;

    private final Draws draws;
    private final double variation;
    private final double[] loads;
    private double fullest;

    /** @param variation coefficient of variation of a replica's load; 0 balanced */
    ExpertLoad(Draws draws, double variation, int replicas) {
        this.draws = draws;
        this.variation = variation;
        loads = new double[replicas];
        fullest = 1;
        Arrays.fill(loads, 1);
    }

    void draw(int step, int block, int microbatch, int chunk) {
        if (variation == 0) {
            Arrays.fill(loads, 1);
            fullest = 1;
            return;
        }
        for (int replica = 0; replica < loads.length; replica++) {
            long replicaOfAll = (long) block * loads.length + replica;
            loads[replica] = 1 + variation * draws.bell(STREAM, step, replicaOfAll, microbatch, chunk);
        }
        level();
    }

    /** More tokens for one replica, before {@link #level}. */
    void favour(int replica, double factor) {
        loads[replica] *= factor;
    }

    /** There are no more tokens than before: what one replica gets more, the others get less. */
    void level() {
        double sum = 0;
        for (double load : loads) {
            sum += load;
        }
        fullest = 0;
        for (int replica = 0; replica < loads.length; replica++) {
            loads[replica] *= loads.length / sum;
            fullest = Math.max(fullest, loads[replica]);
        }
    }

    double of(int replica) {
        return loads[replica];
    }

    double fullest() {
        return fullest;
    }

    /** A replica's part of {@code replicas · bytes}, by load; all parts add up to it. */
    long bytes(int replica, long bytes) {
        double before = 0;
        for (int i = 0; i < replica; i++) {
            before += loads[i];
        }
        long end = replica == loads.length - 1 ? bytes * loads.length : Math.round((before + loads[replica]) * bytes);
        return end - Math.round(before * bytes);
    }
}
