package io.supernode.diagnosis;

import io.supernode.event.BusOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** How long the transfers of groups take against those of like groups: which of them are slow. Not thread-safe. */
final class Transits {
    /** Slices after which it is known what is usual for a group. */
    static final int LEARNED = 5;

    private static final double TRANSIT_EXCESS = 0.12;
    /** A transit of more times what is expected counts as so many. */
    private static final double OUTLIER = 3;

    private final Groups groups;
    private final Sample sample = new Sample();

    Transits(Groups groups) {
        this.groups = groups;
    }

    /** Class by class: transit for a byte against the median of the other groups; where no bytes are told, against before. */
    void compare() {
        TreeMap<Long, List<GroupTrack>> classes = new TreeMap<>();
        for (GroupTrack group : groups.touched()) {
            group.isSlow = false;
            group.expectedNow = 0;
            if (group.op() == BusOp.RECEIVE) {
                continue; // its transit is what is left of the sender's
            }
            long order = Long.SIZE - Long.numberOfLeadingZeros((long) group.work());
            classes.computeIfAbsent(group.high | order << 12, k -> new ArrayList<>())
                    .add(group);
        }
        for (List<GroupTrack> like : classes.values()) {
            if (like.size() >= GroupTrack.PEERS_LEAST) {
                compare(like);
            }
        }
    }

    private void compare(List<GroupTrack> like) {
        double[] rates = like.stream().mapToDouble(GroupTrack::rate).sorted().toArray();
        boolean even = isEven(like);
        sample.clear();
        for (GroupTrack group : like) {
            double expected;
            if (group.tellsBytes()) {
                expected = even
                        ? group.work()
                                * Robust.lowerMedianWithout(
                                        rates, rates.length, Arrays.binarySearch(rates, group.rate()))
                        : atMost(like, group);
            } else if (group.learned >= LEARNED) {
                expected = group.usual; // how much the others move is not known: only with itself
            } else {
                continue;
            }
            group.observedNow = group.meanNanos() * group.count();
            group.expectedNow = expected * group.count();
            // a link that was down for a moment is not slow for long after
            group.transit.add(
                    Math.min(group.observedNow, OUTLIER * group.expectedNow), group.expectedNow, group.count());
            sample.add(group.transit.deviation());
        }
        double deviation = sample.deviation();
        for (GroupTrack group : like) {
            if (group.expectedNow > 0) {
                double excess = group.transit.excess(TRANSIT_EXCESS, deviation);
                group.isSlow =
                        group.transit.ratio() - 1 >= excess && group.observedNow / group.expectedNow - 1 >= excess;
            }
        }
    }

    private static boolean isEven(List<GroupTrack> like) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (GroupTrack group : like) {
            least = Math.min(least, group.work());
            most = Math.max(most, group.work());
        }
        return most <= (1 + GroupTrack.UNEVEN) * least;
    }

    /**
     * What a group takes at most by what another, median one takes: a transfer has a start and bytes on the wire, so that
     * fewer bytes may take as long as more do, and more may take longer in proportion.
     */
    private static double atMost(List<GroupTrack> like, GroupTrack group) {
        double[] others = like.stream()
                .filter(other -> other != group)
                .mapToDouble(other -> other.meanNanos() * Math.max(1, group.work() / other.work()))
                .sorted()
                .toArray();
        return others[(others.length - 1) / 2];
    }
}
