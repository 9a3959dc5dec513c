package io.supernode.serving;

import io.supernode.event.Fabric;
import io.supernode.machine.Machine;
import io.supernode.workload.ServedModel;

/**
 * What one die of a card can do. Serving works by dies: each holds its own sequences and experts.
 *
 * @param int8Ops peak operations per second
 * @param bf16Flops peak operations per second
 * @param memoryBytes high-bandwidth memory
 * @param memoryBytesPerSecond rate that reading it reaches
 * @param busBytesPerSecond line rate to other cards, one way
 * @param expertFabric the network that tokens take to their experts
 */
record DieRates(
        double int8Ops,
        double bf16Flops,
        long memoryBytes,
        double memoryBytesPerSecond,
        double busBytesPerSecond,
        Fabric expertFabric) {
    /** Two dies share a card (arXiv 2506.12708 v2 section 3.3.1). */
    static final int PER_CARD = 2;

    /** Share of the memory's rate that latent attention reaches: 84.1 % measured (arXiv 2506.12708 section 5). */
    private static final double MEMORY_SHARE = 0.84;

    static DieRates of(Machine machine) {
        var card = machine.card();
        return new DieRates(
                card.int8Ops() / PER_CARD,
                card.bf16Flops() / PER_CARD,
                card.memoryBytes() / PER_CARD,
                card.memoryBytesPerSecond() / PER_CARD * MEMORY_SHARE,
                machine.betweenNodes().bytesPerSecond() / PER_CARD,
                machine.betweenNodes().fabric());
    }

    /**
     * Rate of an all-to-all: on the bus the measured share of its line rate, which software limits; on a network whose
     * line rate is lower, that of its wire.
     *
     * @param busShare share measured on the bus, 0 to 1
     * @param wireShare share that bulk transfers reach on the wire, 0 to 1
     */
    double allToAllBytesPerSecond(double busShare, double wireShare) {
        return busBytesPerSecond
                * switch (expertFabric) {
                    case BUS -> busShare;
                    case ETHERNET, UNKNOWN -> wireShare;
                };
    }

    /**
     * Tokens whose keys and values fit beside the weights; one tenth of the memory is left to activations (assumed).
     *
     * @param dies dies that share the experts
     */
    long cacheTokens(ServedModel model, int dies) {
        return (memoryBytes / 10 * 9 - model.weightBytesPerDie(dies)) / model.cacheBytesPerToken();
    }
}
