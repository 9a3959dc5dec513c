package io.supernode.ingest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which rank of a recording is shown as which card. A rank that tells its number gets the card of that number; one that
 * does not, the card of its place among the files. Nothing else is guessed, and all of it is said.
 */
final class RankMap {
    /** Far above any machine: a damaged number is found out before memory is laid out for it. */
    static final int CARDS_MAX = 1 << 16;

    private static final int UNKNOWN = -1;

    private final Map<Integer, Seat> byCard = new TreeMap<>();

    private record Seat(int rank, Path source) {}

    /** In the order of names, numbers in them as numbers: worker2 before worker10. */
    static List<Path> inOrder(List<Path> files) {
        return files.stream()
                .sorted(Comparator.comparing(
                                (Path file) -> padded(file.getFileName().toString()))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /**
     * Takes in one rank.
     *
     * @param rank its number; -1 where it is not told
     * @param place its place among the files, from 0
     * @return its card
     */
    int seat(Path source, long rank, int place) throws InputException {
        if (rank >= CARDS_MAX) {
            throw InputException.of(source, "must be < " + CARDS_MAX + ": rank=" + rank);
        }
        int card = rank < 0 ? place : (int) rank;
        Seat before = byCard.putIfAbsent(card, new Seat(rank < 0 ? UNKNOWN : card, source));
        if (before != null) {
            throw InputException.of(
                    source,
                    "is rank " + card + ", and so is " + before.source.getFileName()
                            + "; accepted: one file for each rank");
        }
        return card;
    }

    int size() {
        return byCard.size();
    }

    /** {@code ranks 0-7 -> cards 0-7}, with the files where no rank is told. */
    String text() {
        List<String> parts = new ArrayList<>();
        int from = UNKNOWN;
        int to = UNKNOWN;
        for (Map.Entry<Integer, Seat> each : byCard.entrySet()) {
            int card = each.getKey();
            if (each.getValue().rank == UNKNOWN) {
                parts.add("no rank told in " + each.getValue().source.getFileName() + " -> card " + card);
                continue;
            }
            if (from != UNKNOWN && card == to + 1) {
                to = card;
                continue;
            }
            addRange(parts, from, to);
            from = to = card;
        }
        addRange(parts, from, to);
        return parts.isEmpty() ? "no rank has done any work" : String.join("; ", parts);
    }

    private static void addRange(List<String> parts, int from, int to) {
        if (from == UNKNOWN) {
            return;
        }
        parts.add(
                from == to
                        ? "rank " + from + " -> card " + from
                        : "ranks " + from + "-" + to + " -> cards " + from + "-" + to);
    }

    private static String padded(String name) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < name.length()) {
            int end = i;
            while (end < name.length() && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
                end++;
            }
            if (end == i) {
                out.append(name.charAt(i++));
            } else {
                out.append("0".repeat(Math.max(0, 20 - (end - i)))).append(name, i, end);
                i = end;
            }
        }
        return out.toString();
    }
}
