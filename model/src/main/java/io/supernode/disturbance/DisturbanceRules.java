package io.supernode.disturbance;

import io.supernode.event.FaultKind;
import io.supernode.unit.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What can go wrong where: the cards, planes and stages of a workload on its machine, and the kinds that mean something
 * to it. Reads disturbances as people write them. All errors are {@link IllegalArgumentException} with one line.
 *
 * @param workload as messages name it
 * @param planes planes of the bus; a card has a link to each
 * @param stages pipeline stages; 1 where there is no pipeline
 * @param kinds that apply
 */
public record DisturbanceRules(
        String workload, int cards, int cardsPerNode, int planes, int stages, Set<FaultKind> kinds) {
    private static final List<String> KEYS =
            List.of("card", "cards", "node", "stage", "plane", "from", "for", "until", "magnitude");
    /** A restart takes 3 to 10 minutes (Huawei, June 2025 [S]). */
    private static final long RESTART_NANOS = 300_000_000_000L;
    /** Kinds that are a node's: what its agent does to the telemetry of all its cards, whatever these do. */
    public static final Set<FaultKind> OF_NODES = Set.of(
            FaultKind.TELEMETRY_LOSS,
            FaultKind.TELEMETRY_DUPLICATION,
            FaultKind.TELEMETRY_LATENESS,
            FaultKind.CLOCK_SKEW);

    /**
     * Reads {@code slow_card card=17 from=30s for=60s magnitude=1.5}. What is left out: card 0, one card (a node of
     * them for a storm of checksum errors, all of them for what has no place), the last stage, all planes (the first
     * for a lane), from the start, without end (a lost card for 5 minutes), the usual magnitude of the kind.
     */
    public Disturbance parse(long id, String text) {
        String[] words = text.strip().split("\\s+");
        FaultKind kind = kind(words[0]);
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String key = equals < 0 ? words[i] : words[i].substring(0, equals);
            if (equals < 0 || !KEYS.contains(key)) {
                throw new IllegalArgumentException("unknown: " + words[i] + ", accepted: "
                        + KEYS.stream().map(known -> known + "=").collect(Collectors.joining(", ")));
            }
            given.put(key, words[i].substring(equals + 1));
        }
        return read(id, kind, given);
    }

    /** The kind of that name, in upper or lower case, if it applies. */
    public FaultKind kind(String name) {
        for (FaultKind kind : FaultKind.values()) {
            if (name(kind).equals(name.strip().toLowerCase(Locale.ROOT)) && kind != FaultKind.OTHER) {
                requireApplies(kind);
                return kind;
            }
        }
        throw new IllegalArgumentException("must be one of " + accepted() + ": kind=" + name);
    }

    /**
     * A disturbance, checked.
     *
     * @throws IllegalArgumentException when its kind does not apply, or it is somewhere or as strong as nothing can be
     */
    public Disturbance require(Disturbance d) {
        requireApplies(d.kind());
        requireRange("card", d.card(), 0, cards - 1);
        requireRange("cards", d.cards(), 0, cards - d.card());
        requireRange("plane", d.plane(), -1, planes - 1);
        requireRange("stage", d.stage(), -1, stages - 1);
        Magnitude magnitude = Magnitude.of(d.kind());
        if (!magnitude.accepts(d.magnitude())) {
            throw new IllegalArgumentException("must be " + plain(magnitude.least()) + " to " + plain(magnitude.most())
                    + " (" + magnitude.meaning() + "): magnitude=" + plain(d.magnitude()));
        }
        if (d.kind() == FaultKind.CARD_LOST && d.untilNanos() == Disturbance.LASTING) {
            throw new IllegalArgumentException(
                    "must have an end: a lost card stops all of its groups until it is back");
        }
        return d;
    }

    private Disturbance read(long id, FaultKind kind, Map<String, String> given) {
        boolean ofNode = OF_NODES.contains(kind);
        if (given.containsKey("card") && given.containsKey("node")) {
            throw new IllegalArgumentException(
                    "must be card or node, not both: card=" + given.get("card") + " node=" + given.get("node"));
        }
        int node = whole(given, "node", -1, 0, cards / cardsPerNode - 1);
        int card = node >= 0 ? node * cardsPerNode : whole(given, "card", 0, 0, cards - 1);
        int count = node >= 0 ? cardsPerNode : usualCards(kind, card);
        if (ofNode) {
            card -= card % cardsPerNode;
        }
        count = whole(given, "cards", count, 0, cards - card);
        boolean staged = hasStage(kind);
        if (!staged && given.containsKey("stage")) {
            throw new IllegalArgumentException("only stage_imbalance has a stage: stage=" + given.get("stage"));
        }
        int stage = staged ? whole(given, "stage", stages - 1, 0, stages - 1) : -1;
        int plane = whole(given, "plane", kind == FaultKind.LANE_DOWN ? 0 : -1, -1, planes - 1);
        long from = given.containsKey("from") ? nanos(given, "from") : 0;
        double magnitude = given.containsKey("magnitude")
                ? Quantity.number(given.get("magnitude"))
                : Magnitude.of(kind).usual();
        return require(new Disturbance(id, kind, card, count, plane, stage, from, until(kind, from, given), magnitude));
    }

    private int usualCards(FaultKind kind, int card) {
        return switch (kind) {
            case CRC_STORM, TELEMETRY_LOSS, TELEMETRY_DUPLICATION, TELEMETRY_LATENESS, CLOCK_SKEW ->
                Math.min(cardsPerNode, cards - card);
            case CONGESTION, SEQUENCE_IMBALANCE, STAGE_IMBALANCE -> 0;
            case OTHER, SLOW_CARD, THERMAL_RAMP, LINK_FLAP, LANE_DOWN, EXPERT_HOT_SPOT, HOST_JITTER, CARD_LOST -> 1;
        };
    }

    private static long until(FaultKind kind, long from, Map<String, String> given) {
        if (given.containsKey("for") && given.containsKey("until")) {
            throw new IllegalArgumentException(
                    "must be for or until, not both: for=" + given.get("for") + " until=" + given.get("until"));
        }
        if (given.containsKey("for")) {
            long length = nanos(given, "for");
            if (length == 0) {
                throw new IllegalArgumentException("must be > 0: for=" + given.get("for"));
            }
            return Math.addExact(from, length);
        }
        if (given.containsKey("until")) {
            long until = nanos(given, "until");
            if (until <= from) {
                throw new IllegalArgumentException("must be after its begin (from=" + given.getOrDefault("from", "0s")
                        + "): until=" + given.get("until"));
            }
            return until;
        }
        return kind == FaultKind.CARD_LOST ? from + RESTART_NANOS : Disturbance.LASTING;
    }

    private static long nanos(Map<String, String> given, String key) {
        try {
            return Quantity.nanos(given.get(key));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    private static int whole(Map<String, String> given, String key, int otherwise, int least, int most) {
        if (!given.containsKey(key)) {
            return otherwise;
        }
        long value;
        try {
            value = Long.parseLong(given.get(key));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number: " + key + "=" + given.get(key), e);
        }
        requireRange(key, value, least, most);
        return (int) value;
    }

    private static void requireRange(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("must be " + least + " to " + most + ": " + key + "=" + value);
        }
    }

    private void requireApplies(FaultKind kind) {
        if (!kinds.contains(kind)) {
            throw new IllegalArgumentException(
                    name(kind) + " does not apply to " + workload + ", accepted: " + accepted());
        }
    }

    private String accepted() {
        return new TreeMap<>(kinds.stream().collect(Collectors.toMap(Enum::ordinal, DisturbanceRules::name)))
                .values().stream().collect(Collectors.joining(", "));
    }

    static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    /** Whether a kind strikes a card, or a node by one of its cards; others have all cards in their grip. */
    public static boolean hasCard(FaultKind kind) {
        return kind != FaultKind.CONGESTION
                && kind != FaultKind.SEQUENCE_IMBALANCE
                && kind != FaultKind.STAGE_IMBALANCE;
    }

    /** Whether a kind can be of one plane of the bus alone. */
    public static boolean hasPlane(FaultKind kind) {
        return kind == FaultKind.LINK_FLAP || kind == FaultKind.LANE_DOWN;
    }

    /** Whether a kind is of a pipeline stage. */
    public static boolean hasStage(FaultKind kind) {
        return kind == FaultKind.STAGE_IMBALANCE;
    }

    /** As settings write it. */
    public static String name(FaultKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
