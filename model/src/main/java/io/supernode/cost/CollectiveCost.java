package io.supernode.cost;

import io.supernode.machine.Collective;
import io.supernode.machine.Link;

/**
 * Times of collectives by the alpha-beta model (Hockney 1994; for collectives Thakur, Rabenseifner, Gropp 2005; NCCL's
 * own tuner is of the same family). {@code n} ranks, {@code k} per node, {@code m = n/k} nodes, {@code S} bytes per
 * rank before or after, {@code a} latency of the slowest link, {@code B} rate, {@code T0} launch.
 *
 * <p>Holds for one collective at a time on a network without oversubscription; every card has network ports of its own.
 */
public final class CollectiveCost {
    /** Launch of a collective: 10 us, the low end of the 10 to 20 us seen on CloudMatrix384 (arXiv 2508.02520) [S]. */
    public static final double LAUNCH_SECONDS = 10e-6;

    private CollectiveCost() {}

    /**
     * All ranks end with the sum of {@code bytes} from each.
     *
     * <ul>
     *   <li>ring: {@code T0 + 2(n-1)a + 2(n-1)/n S/B}
     *   <li>tree: {@code T0 + 2 log2(n) a + 2 S/B}
     *   <li>hierarchical: reduce-scatter in the node, ring over {@code m} nodes with {@code S/k}, gather in the node
     *   <li>direct: a direct reduce-scatter, then a direct all-gather
     * </ul>
     */
    public static Transfer allReduce(Collective algorithm, Ranks ranks, double bytes) {
        int n = ranks.size();
        double latency = ranks.widest().latencyNanos() * 1e-9;
        long sent = Math.round(2 * bytes * (n - 1) / n);
        return switch (algorithm) {
            case RING ->
                transfer(
                        ranks,
                        rate -> 2 * (n - 1) * latency + 2.0 * (n - 1) / n * bytes / rate.slowest(ranks),
                        1,
                        sent);
            case TREE -> transfer(ranks, rate -> 2 * log2(n) * latency + 2 * bytes / rate.slowest(ranks), 1, sent);
            case DIRECT -> transfer(ranks, rate -> 2 * (latency + directSeconds(ranks, bytes, rate)), 1, sent);
            case HIERARCHICAL -> hierarchicalAllReduce(ranks, bytes);
        };
    }

    /**
     * Each rank ends with its {@code 1/n} of the sum of {@code bytes} from each. Ring (also for tree and hierarchical,
     * which have no form of their own): {@code T0 + (n-1)a + (n-1)/n S/B}; direct: {@code T0 + a + }the time of the
     * busier of the two networks.
     */
    public static Transfer reduceScatter(Collective algorithm, Ranks ranks, double bytes) {
        int n = ranks.size();
        double latency = ranks.widest().latencyNanos() * 1e-9;
        long sent = Math.round(bytes * (n - 1) / n);
        return switch (algorithm) {
            case RING, TREE, HIERARCHICAL ->
                transfer(
                        ranks, rate -> (n - 1) * latency + (double) (n - 1) / n * bytes / rate.slowest(ranks), 1, sent);
            case DIRECT -> transfer(ranks, rate -> latency + directSeconds(ranks, bytes, rate), 1, sent);
        };
    }

    /** Each rank ends with {@code bytes}, of which it brought {@code 1/n}: the reduce-scatter backwards. */
    public static Transfer allGather(Collective algorithm, Ranks ranks, double bytes) {
        return reduceScatter(algorithm, ranks, bytes);
    }

    /**
     * Each rank sends {@code bytes/n} to every rank: tokens to their experts and back. Two networks side by side, the
     * one inside of nodes and the one across: {@code T0 + a + max(S (k-1)/n / B_in, S phi (n-k)/n / B_out)}, where the
     * inside also carries what is multiplied behind the crossing, {@code (1-phi)(n-k)/n}; one network carries both, one
     * after the other. Rates are those measured for all-to-alls ({@link Link#allToAllEfficiency}).
     *
     * @param crossing phi: share of the copies for another node that cross to it, above 0, at most 1
     */
    public static Transfer allToAll(Ranks ranks, double bytes, double crossing) {
        int n = ranks.size();
        int k = ranks.perNode();
        double latency = ranks.widest().latencyNanos() * 1e-9;
        boolean oneNetwork = ranks.inside().fabric() == ranks.across().fabric();
        double copied = oneNetwork || k == 1 ? 1 : crossing;
        double outside = bytes * (n - k) / n;
        double inside = bytes * (k - 1) / n + (1 - copied) * outside;
        return transfer(
                ranks,
                rate -> {
                    double in = inside / rate.of(ranks.inside());
                    double out = copied * outside / rate.of(ranks.across());
                    return latency + (oneNetwork ? in + out : Math.max(in, out));
                },
                Rate.ALL_TO_ALL,
                1,
                Math.round(bytes * (n - 1) / n));
    }

    /** From one card to another: {@code a + S/B}. */
    public static Transfer pointToPoint(Link link, double bytes) {
        double latency = link.latencyNanos() * 1e-9;
        return new Transfer(
                link.transferSeconds(bytes), latency + bytes / link.bytesPerSecond(), Math.round(bytes), link.fabric());
    }

    private static Transfer hierarchicalAllReduce(Ranks ranks, double bytes) {
        int k = ranks.perNode();
        int m = ranks.nodes();
        double inside = k > 1 ? ranks.inside().latencyNanos() * 1e-9 : 0;
        double across = ranks.across().latencyNanos() * 1e-9;
        int launches = (k > 1 ? 2 : 0) + (m > 1 ? 1 : 0);
        double shareInside = (double) (k - 1) / k * bytes;
        double shareAcross = 2.0 * (m - 1) / m * bytes / k;
        return transfer(
                ranks,
                rate -> 2 * (inside + shareInside / rate.of(ranks.inside()))
                        + 2 * (m - 1) * across
                        + shareAcross / rate.of(ranks.across()),
                launches,
                Math.round(2 * shareInside + shareAcross));
    }

    /** Bandwidth term of each rank sending {@code S/n} to every other at once. */
    private static double directSeconds(Ranks ranks, double bytes, Rate rate) {
        int n = ranks.size();
        int k = ranks.perNode();
        double inside = bytes * (k - 1) / n / rate.of(ranks.inside());
        double across = bytes * (n - k) / n / rate.of(ranks.across());
        // one network: the same ports carry both; two networks: they work side by side
        return ranks.inside().fabric() == ranks.across().fabric() ? inside + across : Math.max(inside, across);
    }

    private static Transfer transfer(Ranks ranks, Equation equation, int launches, long sent) {
        return transfer(ranks, equation, Rate.USABLE, launches, sent);
    }

    private static Transfer transfer(Ranks ranks, Equation equation, Rate reached, int launches, long sent) {
        if (ranks.size() == 1) {
            return new Transfer(0, 0, 0, ranks.inside().fabric());
        }
        return new Transfer(
                launches * LAUNCH_SECONDS + equation.seconds(reached),
                equation.seconds(Rate.LINE),
                sent,
                ranks.widest().fabric());
    }

    private static double log2(int n) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(n - 1);
    }

    /** An equation in the rate that links are taken to reach. */
    private interface Equation {
        double seconds(Rate rate);
    }

    private enum Rate {
        USABLE,
        ALL_TO_ALL,
        LINE;

        double of(Link link) {
            return switch (this) {
                case USABLE -> link.usableBytesPerSecond();
                case ALL_TO_ALL -> link.allToAllBytesPerSecond();
                case LINE -> link.bytesPerSecond();
            };
        }

        double slowest(Ranks ranks) {
            return ranks.oneNode() ? of(ranks.inside()) : Math.min(of(ranks.inside()), of(ranks.across()));
        }
    }
}
