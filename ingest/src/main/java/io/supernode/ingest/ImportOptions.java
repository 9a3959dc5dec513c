package io.supernode.ingest;

import io.supernode.replay.TraceSplit;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What can be asked of an import.
 *
 * @param tileCards cards to fill with copies of the recorded ranks; 0 shows the recorded ranks alone
 * @param measured of a request log that tells what a real engine did: that, and not the requests alone
 * @param busKernels a kernel with such a name works on the bus and not on the card
 * @param keepGoing whether a damaged recording is taken as far as it is good
 * @param split when the trace goes on in another file; then it is a folder
 * @param notes what the trace is to say of itself beside what the recording tells
 */
public record ImportOptions(
        int tileCards,
        boolean measured,
        Pattern busKernels,
        boolean keepGoing,
        TraceSplit split,
        Map<String, String> notes) {
    /** NCCL and RCCL, and the kernels of expert-parallel libraries, which move tokens by themselves. */
    public static final Pattern BUS_KERNELS =
            Pattern.compile("nccl|rccl|::ep::(internode|intranode)::", Pattern.CASE_INSENSITIVE);

    public static final ImportOptions DEFAULT =
            new ImportOptions(0, false, BUS_KERNELS, false, TraceSplit.NONE, Map.of());

    public ImportOptions {
        if (tileCards < 0) {
            throw new IllegalArgumentException("must be >= 0: tileCards=" + tileCards);
        }
        notes = Map.copyOf(notes);
    }

    public ImportOptions withTileCards(int cards) {
        return new ImportOptions(cards, measured, busKernels, keepGoing, split, notes);
    }

    public ImportOptions withMeasured(boolean asMeasured) {
        return new ImportOptions(tileCards, asMeasured, busKernels, keepGoing, split, notes);
    }

    public ImportOptions withBusKernels(Pattern names) {
        return new ImportOptions(tileCards, measured, names, keepGoing, split, notes);
    }

    public ImportOptions withKeepGoing(boolean asFarAsGood) {
        return new ImportOptions(tileCards, measured, busKernels, asFarAsGood, split, notes);
    }

    public ImportOptions withSplit(TraceSplit into) {
        return new ImportOptions(tileCards, measured, busKernels, keepGoing, into, notes);
    }

    public ImportOptions withNote(String key, String value) {
        Map<String, String> more = new TreeMap<>(notes);
        more.put(key, value);
        return new ImportOptions(tileCards, measured, busKernels, keepGoing, split, more);
    }
}
