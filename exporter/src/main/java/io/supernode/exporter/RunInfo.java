package io.supernode.exporter;

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
        double peakFlopsPerCard) {
    public RunInfo {
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

    /** Nothing is known of switches. */
    public RunInfo(
            String scenario,
            String machine,
            String workload,
            int cards,
            int cardsPerNode,
            int nodesPerRack,
            double peakFlopsPerCard) {
        this(scenario, machine, workload, cards, cardsPerNode, nodesPerRack, 0, 0, peakFlopsPerCard);
    }

    /** Nothing but the reference machine's eight cards to a node and four nodes to a rack. */
    public static RunInfo unknown() {
        return new RunInfo("", "", "", 0, 8, 4, 0);
    }
}
