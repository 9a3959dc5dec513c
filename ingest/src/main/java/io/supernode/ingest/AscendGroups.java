package io.supernode.ingest;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The communicators of a job, which its files name by a hash, and what {@code communication_matrix.json} tells of them:
 * their size, and the bytes from each rank to each other. Only the totals are read; the other rows repeat single
 * operations.
 */
final class AscendGroups {
    private static final String ACCEPTED =
            "accepted: communication_matrix.json of Ascend's profiler: step, p2p or collective, operation, src-dst";
    private static final String TOTAL = "-total@";
    private static final String LOCAL = "LOCAL";
    private static final int MEGABYTES_POWER = 6;
    private static final int GROUPS_MAX = 1 << 16;
    /** More would not fit the header of a trace. */
    private static final int PAIRS_NOTED_MAX = 4096;

    private static final int PAIRS_MAX = 1 << 20;

    private final Path recording;
    private final Map<String, Group> groups = new HashMap<>();
    private int pairs;

    /** A communicator. Places are what the files call its members: ranks of the job, or places among its members. */
    private static final class Group {
        final int number;
        final TreeSet<Integer> places = new TreeSet<>();
        final TreeSet<Integer> reportedBy = new TreeSet<>();
        final Map<Long, Long> bytes = new TreeMap<>();

        Group(int number) {
            this.number = number;
        }

        /** The rank of the job at a place: the place itself where there are more members than recorded ranks. */
        int rank(int place) {
            if (places.size() > reportedBy.size() || places.last() >= reportedBy.size()) {
                return place;
            }
            return new ArrayList<>(reportedBy).get(place);
        }
    }

    AscendGroups(Path recording) {
        this.recording = recording;
    }

    /** Number of a communicator, the same for all ranks. */
    int number(String hash) throws InputException {
        return group(hash).number;
    }

    /** Ranks of a communicator; 0 where no matrix tells. */
    int size(String hash) throws InputException {
        return group(hash).places.size();
    }

    /** Reads what one rank has sent. */
    void read(Path file, InputStream bytes, int rank) throws InputException {
        JsonInput json = new JsonInput(file, bytes, ACCEPTED);
        AscendOperations.requireObject(json, json.next());
        for (String step = json.nextName(); step != null; step = json.nextName()) {
            AscendOperations.requireObject(json, json.nextInside());
            for (String kind = json.nextName(); kind != null; kind = json.nextName()) {
                AscendOperations.requireObject(json, json.nextInside());
                for (String name = json.nextName(); name != null; name = json.nextName()) {
                    AscendOperations.requireObject(json, json.nextInside());
                    int at = name.indexOf(TOTAL);
                    if (at < 0) {
                        json.skip();
                    } else {
                        matrix(json, group(name.substring(at + TOTAL.length())), rank);
                    }
                }
            }
        }
        if (json.next() != null) {
            throw json.wrong("goes on after its end");
        }
    }

    /** Tells the bytes from rank to rank. */
    void describe(int recordedRanks, RecordingOutput out) {
        Map<Integer, Map<Integer, Long>> byRank = new TreeMap<>();
        int largest = 0;
        for (Group group : groups.values()) {
            largest = Math.max(largest, group.places.size());
            group.bytes.forEach((pair, sum) -> {
                int from = group.rank((int) (pair >>> 32));
                int to = group.rank(pair.intValue());
                byRank.computeIfAbsent(from, r -> new TreeMap<>()).merge(to, sum, Long::sum);
            });
        }
        if (largest > recordedRanks) {
            out.remark(recordedRanks + " ranks were recorded of a job with " + largest + " or more");
        }
        if (pairs > PAIRS_NOTED_MAX) {
            out.remark("bytes from rank to rank are not noted: " + pairs + " pairs");
            return;
        }
        byRank.forEach((from, sent) -> {
            List<String> parts = new ArrayList<>();
            sent.forEach((to, sum) -> parts.add(to + ":" + sum));
            out.note("busBytesTo.rank" + from, String.join(" ", parts));
        });
    }

    private Group group(String hash) throws InputException {
        Group known = groups.get(hash);
        if (known != null) {
            return known;
        }
        if (groups.size() == GROUPS_MAX) {
            throw InputException.of(recording, "names more than " + GROUPS_MAX + " groups");
        }
        Group created = new Group(groups.size());
        groups.put(hash, created);
        return created;
    }

    private void matrix(JsonInput json, Group group, int rank) throws InputException {
        group.reportedBy.add(rank);
        for (String pair = json.nextName(); pair != null; pair = json.nextName()) {
            AscendOperations.requireObject(json, json.nextInside());
            int dash = pair.indexOf('-');
            int from = place(json, pair, 0, dash);
            int to = place(json, pair, dash + 1, pair.length());
            long bytes = 0;
            String transport = LOCAL;
            for (String key = json.nextName(); key != null; key = json.nextName()) {
                json.nextInside();
                switch (key) {
                    case "Transport Type" -> transport = json.text();
                    case "Transit Size(MB)" -> bytes = json.scaled(key, MEGABYTES_POWER);
                    default -> json.skip();
                }
            }
            if (bytes < 0 || bytes > 1L << 56) {
                throw json.wrong("is out of range: Transit Size(MB) of " + pair);
            }
            group.places.add(from);
            group.places.add(to);
            if (!transport.equals(LOCAL) && from != to) {
                pairs += group.bytes.merge((long) from << 32 | to, bytes, Long::sum) == bytes ? 1 : 0;
            }
            if (pairs > PAIRS_MAX) {
                throw json.wrong("has more than " + PAIRS_MAX + " pairs of ranks");
            }
        }
    }

    private static int place(JsonInput json, String pair, int from, int to) throws InputException {
        try {
            int place = Integer.parseInt(pair.substring(from, Math.max(from, to)));
            if (place >= 0 && place < RankMap.CARDS_MAX) {
                return place;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw json.wrong("is not a pair of ranks such as 0-7: " + InputException.shown(pair));
    }
}
