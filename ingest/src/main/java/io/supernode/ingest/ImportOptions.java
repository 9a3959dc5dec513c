package io.supernode.ingest;

import java.util.regex.Pattern;

/**
 * What can be asked of an import.
 *
 * @param tileCards cards to fill with copies of the recorded ranks; 0 shows the recorded ranks alone
 * @param measured of a request log that tells what a real engine did: that, and not the requests alone
 * @param busKernels a kernel with such a name works on the bus and not on the card
 */
public record ImportOptions(int tileCards, boolean measured, Pattern busKernels) {
    /** NCCL and RCCL, and the kernels of expert-parallel libraries, which move tokens by themselves. */
    public static final Pattern BUS_KERNELS =
            Pattern.compile("nccl|rccl|::ep::(internode|intranode)::", Pattern.CASE_INSENSITIVE);

    public static final ImportOptions DEFAULT = new ImportOptions(0, false, BUS_KERNELS);

    public ImportOptions {
        if (tileCards < 0) {
            throw new IllegalArgumentException("must be >= 0: tileCards=" + tileCards);
        }
    }

    public ImportOptions withTileCards(int cards) {
        return new ImportOptions(cards, measured, busKernels);
    }

    public ImportOptions withMeasured(boolean asMeasured) {
        return new ImportOptions(tileCards, asMeasured, busKernels);
    }

    public ImportOptions withBusKernels(Pattern names) {
        return new ImportOptions(tileCards, measured, names);
    }
}
