package io.supernode.ingest;

import java.util.ArrayList;
import java.util.List;

/** What was seen in the files of a job and is in no event. */
final class KinetoTally {
    long ranksWithoutWork;
    long ranksWithoutClock;
    long copies;
    long fills;
    long kernelsWithoutLength;
    long sizesFromAnnotations;
    long sizesUnknown;

    List<String> remarks() {
        List<String> lines = new ArrayList<>();
        if (ranksWithoutWork > 0) {
            lines.add("ranks whose file holds no work of a card, which are left out: " + ranksWithoutWork);
        }
        if (ranksWithoutClock > 0) {
            lines.add("left out " + ranksWithoutClock + (ranksWithoutClock == 1 ? " rank" : " ranks")
                    + " whose file is damaged before it tells what its times are counted from");
        }
        if (copies + fills > 0) {
            lines.add("copies and fills of memory, which are local and are left out: " + (copies + fills));
        }
        if (kernelsWithoutLength > 0) {
            lines.add("kernels without a length, taken as 0: " + kernelsWithoutLength);
        }
        if (sizesFromAnnotations > 0) {
            lines.add("bus events whose size stands on the host's annotation: " + sizesFromAnnotations);
        }
        if (sizesUnknown > 0) {
            lines.add("bus events of unknown size: " + sizesUnknown);
        }
        return lines;
    }
}
