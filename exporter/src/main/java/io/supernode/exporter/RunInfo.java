package io.supernode.exporter;

import io.supernode.machine.Collective;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the windows do not say of a run. Names may be empty, where nobody told; figures that need what is unknown are
 * then absent.
 *
 * @param cards cards of the machine; 0 unknown
 * @param cardsPerNode cards that share a node, &gt;= 1: card {@code c} is on node {@code c / cardsPerNode}
 * @param nodesPerRack nodes that share a rack, &gt;= 1
 * @param switchRacks racks that hold nothing but switches; 0 none, or unknown
 * @param planes parallel planes of the bus; 0 none, or unknown
 * @param peakFlopsPerCard peak rate of one card at the run's precision, operations per second; 0 unknown
 * @param collective how collectives move their data; empty unknown
 * @param beside of supernodes 1, 2 and so on, where they are not as the first; empty where all are alike
 */
public record RunInfo(
        String scenario,
        String machine,
        String workload,
        int cards,
        int cardsPerNode,
        int nodesPerRack,
        int switchRacks,
        int planes,
        double peakFlopsPerCard,
        Optional<Collective> collective,
        List<RunInfo> beside) {
    public RunInfo {
        beside = List.copyOf(beside);
        if (cardsPerNode < 1) {
            throw new IllegalArgumentException("must be >= 1: cardsPerNode=" + cardsPerNode);
        }
        if (nodesPerRack < 1) {
            throw new IllegalArgumentException("must be >= 1: nodesPerRack=" + nodesPerRack);
        }
        if (cards < 0) {
            throw new IllegalArgumentException("must be >= 0: cards=" + cards);
        }
        if (switchRacks < 0 || planes < 0) {
            throw new IllegalArgumentException("must be >= 0: switchRacks=" + switchRacks + ", planes=" + planes);
        }
        if (!(peakFlopsPerCard >= 0)) {
            throw new IllegalArgumentException("must be >= 0: peakFlopsPerCard=" + peakFlopsPerCard);
        }
    }

    /** Nothing is known of switches and of collectives. */
    public RunInfo(
            String scenario,
            String machine,
            String workload,
            int cards,
            int cardsPerNode,
            int nodesPerRack,
            double peakFlopsPerCard) {
        this(
                scenario,
                machine,
                workload,
                cards,
                cardsPerNode,
                nodesPerRack,
                0,
                0,
                peakFlopsPerCard,
                Optional.empty(),
                List.of());
    }

    /** What is known of one of the supernodes of the run. */
    public RunInfo of(int supernode) {
        return supernode >= 1 && supernode <= beside.size() ? beside.get(supernode - 1) : this;
    }

    /** The same with another machine beside it, as the next supernode. */
    public RunInfo with(RunInfo next) {
        List<RunInfo> all = new ArrayList<>(beside);
        all.add(next);
        return new RunInfo(
                scenario,
                machine,
                workload,
                cards,
                cardsPerNode,
                nodesPerRack,
                switchRacks,
                planes,
                peakFlopsPerCard,
                collective,
                all);
    }

    /** Racks that its nodes fill; 0 where the number of cards is not known. */
    public int racks() {
        int cardsPerRack = cardsPerNode * nodesPerRack;
        return (cards + cardsPerRack - 1) / cardsPerRack;
    }

    /** Nothing but the reference machine's eight cards to a node and four nodes to a rack. */
    public static RunInfo unknown() {
        return new RunInfo("", "", "", 0, 8, 4, 0);
    }
}
