package io.supernode.cost;

import io.supernode.unit.Draws;
import java.util.Arrays;

/**
 * How tokens spread over those who hold different experts (replicas of a block in training, cards of an instance in
 * serving): each one's share over the mean. In training drawn anew for every microbatch and chunk, the same forward and
 * backward. Not thread-safe.
 */
public final class ExpertLoad {
    private static final int STREAM = 7;

    private final Draws draws;
    private final double variation;
    private final double[] loads;
    /** Sum of the loads before each. */
    private final double[] before;

    private double fullest;

    /** @param variation coefficient of variation of a replica's load; 0 balanced */
    public ExpertLoad(Draws draws, double variation, int replicas) {
        this.draws = draws;
        this.variation = variation;
        loads = new double[replicas];
        before = new double[replicas];
        balance();
    }

    /** All alike but for what is then favoured. */
    public static ExpertLoad balanced(int replicas) {
        return new ExpertLoad(new Draws(0), 0, replicas);
    }

    public void draw(int step, int block, int microbatch, int chunk) {
        if (variation == 0) {
            balance();
            return;
        }
        for (int replica = 0; replica < loads.length; replica++) {
            long replicaOfAll = (long) block * loads.length + replica;
            loads[replica] = 1 + variation * draws.bell(STREAM, step, replicaOfAll, microbatch, chunk);
        }
        level();
    }

    /** The same for all. */
    public void balance() {
        Arrays.fill(loads, 1);
        fullest = 1;
        addUp();
    }

    /** More tokens for one replica, before {@link #level}. */
    public void favour(int replica, double factor) {
        loads[replica] *= factor;
    }

    /** There are no more tokens than before: what one replica gets more, the others get less. */
    public void level() {
        double sum = 0;
        for (double load : loads) {
            sum += load;
        }
        fullest = 0;
        for (int replica = 0; replica < loads.length; replica++) {
            loads[replica] *= loads.length / sum;
            fullest = Math.max(fullest, loads[replica]);
        }
        addUp();
    }

    public double of(int replica) {
        return loads[replica];
    }

    public double fullest() {
        return fullest;
    }

    /** A replica's part of {@code replicas · bytes}, by load; all parts add up to it. */
    public long bytes(int replica, long bytes) {
        long end = replica == loads.length - 1
                ? bytes * loads.length
                : Math.round((before[replica] + loads[replica]) * bytes);
        return end - Math.round(before[replica] * bytes);
    }

    /** A replica's part of {@code total}, by load; all parts add up to it. */
    public long part(int replica, long total) {
        double share = (double) total / loads.length;
        long end = replica == loads.length - 1 ? total : Math.round((before[replica] + loads[replica]) * share);
        return end - Math.round(before[replica] * share);
    }

    private void addUp() {
        double sum = 0;
        for (int replica = 0; replica < loads.length; replica++) {
            before[replica] = sum;
            sum += loads[replica];
        }
    }
}
