package io.supernode.disturbance;

import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import io.supernode.unit.Draws;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Everything that goes wrong in a run, asked by card and moment. What a disturbance does at a moment depends on nothing
 * that begins later, and a simulation asks for the moment at which a piece of work starts: what has ended before a
 * disturbance begins is the same with it and without it. Immutable.
 */
public final class Disturbances {
    public static final Disturbances NONE = new Disturbances(List.of());

    /** How long a card takes to reach the full slowness of a thermal ramp [A]. */
    static final long RAMP_NANOS = 30_000_000_000L;
    /** A flapping link goes down once in that time [A]: episodes of 0.1 to 5 s, 1 to 20 of them, are reported. */
    static final long FLAP_NANOS = 5_000_000_000L;
    /** A late host is late about once in that time: "seconds apart". */
    static final double JITTER_NANOS = 2e9;

    /** However many there are at a time, together they are no stronger than the strongest can be: time stays finite. */
    private static final double MOST = 100;

    private static final int FLAP_LENGTH = 51;
    private static final int FLAP_PLACE = 52;
    private static final int GAP = 53;
    private static final int GAP_LENGTH = 54;
    private static final int SEQUENCE = 55;

    private final List<Disturbance> all;
    private final Map<FaultKind, List<Disturbance>> byKind = new EnumMap<>(FaultKind.class);

    private Disturbances(Collection<Disturbance> all) {
        this.all = all.stream()
                .sorted(Comparator.comparingLong(Disturbance::fromNanos).thenComparingLong(Disturbance::id))
                .toList();
        for (FaultKind kind : FaultKind.values()) {
            byKind.put(kind, this.all.stream().filter(d -> d.kind() == kind).toList());
        }
    }

    public static Disturbances of(Collection<Disturbance> all) {
        return all.isEmpty() ? NONE : new Disturbances(all);
    }

    /** In the order in which they begin. */
    public List<Disturbance> all() {
        return all;
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** These and others. */
    public Disturbances and(Collection<Disturbance> others) {
        List<Disturbance> both = new ArrayList<>(all);
        both.addAll(others);
        return of(both);
    }

    /** Those of which something falls into a stretch of time: all that matters to what happens in it. */
    public Disturbances between(long fromNanos, long untilNanos) {
        List<Disturbance> during = new ArrayList<>();
        for (Disturbance d : all) {
            if (d.fromNanos() < untilNanos && d.untilNanos() > fromNanos) {
                during.add(d);
            }
        }
        return during.size() == all.size() ? this : of(during);
    }

    /** Factor on what a card computes: what slows the card, and the work of its pipeline stage. */
    public double slowness(int card, int stage, long nanos) {
        double factor = heat(card, nanos);
        for (Disturbance d : byKind.get(FaultKind.SLOW_CARD)) {
            factor *= d.isActive(nanos) && d.concerns(card) ? d.magnitude() : 1;
        }
        for (Disturbance d : byKind.get(FaultKind.STAGE_IMBALANCE)) {
            factor *= d.isActive(nanos) && d.stage() == stage ? d.magnitude() : 1;
        }
        return Math.min(MOST, factor);
    }

    /** What heat slows a card's clock by: 1 for a cool card. */
    public double heat(int card, long nanos) {
        double factor = 1;
        for (Disturbance d : byKind.get(FaultKind.THERMAL_RAMP)) {
            if (d.isActive(nanos) && d.concerns(card)) {
                double reached = Math.min(1, (double) (nanos - d.fromNanos()) / RAMP_NANOS);
                factor *= 1 + (d.magnitude() - 1) * reached;
            }
        }
        return Math.min(MOST, factor);
    }

    /**
     * Factor on the work of one microbatch of a replica of the model, the same on all of its cards and both ways, drawn
     * anew for each.
     */
    public double unevenness(int replica, long step, int microbatch, int card, long nanos) {
        double factor = 1;
        for (Disturbance d : byKind.get(FaultKind.SEQUENCE_IMBALANCE)) {
            if (d.isActive(nanos) && d.concerns(card)) {
                double drawn = draws(d).uniform(SEQUENCE, replica, step, microbatch, 0);
                factor *= 1 + (d.magnitude() - 1) * drawn;
            }
        }
        return Math.min(MOST, factor);
    }

    /** Factor on the tokens that are routed to the experts of a card. */
    public double heatOfExperts(int card, long nanos) {
        double factor = 1;
        for (Disturbance d : byKind.get(FaultKind.EXPERT_HOT_SPOT)) {
            factor *= d.isActive(nanos) && d.concerns(card) ? d.magnitude() : 1;
        }
        return Math.min(MOST, factor);
    }

    /**
     * How late a host starts a piece of work: 0 but about once in two seconds of work.
     *
     * @param lengthNanos of the piece, which makes longer pieces as many times likelier to be late
     * @param a with the others names the piece
     */
    public long launchGapNanos(int card, long nanos, double lengthNanos, long a, long b, long c) {
        long gap = 0;
        for (Disturbance d : byKind.get(FaultKind.HOST_JITTER)) {
            if (d.isActive(nanos)
                    && d.concerns(card)
                    && draws(d).uniform(GAP, card, a, b, c) < Math.min(1, lengthNanos / JITTER_NANOS)) {
                // 50 to 300 ms: a sixth of the longest to all of it
                double drawn = 1 + 5 * draws(d).uniform(GAP_LENGTH, card, a, b, c);
                gap += Math.round(d.magnitude() * 1e9 * drawn / 6);
            }
        }
        return gap;
    }

    /** Whether links can be slower than they should be. */
    public boolean concernsLinks() {
        return !byKind.get(FaultKind.LINK_FLAP).isEmpty()
                || !byKind.get(FaultKind.LANE_DOWN).isEmpty()
                || !byKind.get(FaultKind.CRC_STORM).isEmpty()
                || !byKind.get(FaultKind.CONGESTION).isEmpty();
    }

    /** Factor on the transit of a transfer in which a card takes part. */
    public double drag(int card, Fabric fabric, long nanos) {
        double factor = 1;
        for (Disturbance d : byKind.get(FaultKind.LANE_DOWN)) {
            factor *= d.isActive(nanos) && d.concerns(card) ? d.magnitude() : 1;
        }
        for (Disturbance d : byKind.get(FaultKind.CRC_STORM)) {
            factor *= d.isActive(nanos) && d.concerns(card) ? d.magnitude() : 1;
        }
        for (Disturbance d : byKind.get(FaultKind.CONGESTION)) {
            boolean meets = fabric == Fabric.ETHERNET && d.isActive(nanos) && d.concerns(card);
            factor *= meets ? 1 / (1 - d.magnitude()) : 1;
        }
        return Math.min(MOST, factor);
    }

    /** When a card's link is up: {@code nanos} itself, or the end of the episode in which it is down. */
    public long linkUpNanos(int card, long nanos) {
        long up = nanos;
        for (Disturbance d : byKind.get(FaultKind.LINK_FLAP)) {
            if (d.concerns(card)) {
                up = Math.max(up, upNanos(d, nanos));
            }
        }
        return up;
    }

    /** Until when a card that has been lost before {@code nanos} tells nothing; {@code nanos} where it can tell. */
    public long silentUntilNanos(int card, long nanos) {
        long until = nanos;
        for (Disturbance d : byKind.get(FaultKind.CARD_LOST)) {
            if (d.fromNanos() < nanos && nanos < d.untilNanos() && d.concerns(card)) {
                until = Math.max(until, d.untilNanos());
            }
        }
        return until;
    }

    /**
     * When a card that is lost somewhere in a stretch of time is back; {@code fromNanos} where it is not.
     *
     * @param untilNanos end of the stretch: a card that is lost from then on has done its work
     */
    public long restartNanos(int card, long fromNanos, long untilNanos) {
        long back = fromNanos;
        for (Disturbance d : byKind.get(FaultKind.CARD_LOST)) {
            if (d.fromNanos() < untilNanos && d.untilNanos() > back && d.concerns(card)) {
                back = d.untilNanos();
            }
        }
        return back;
    }

    /** When the last of cards that are lost somewhere in a stretch of time is back; {@code fromNanos} where none is. */
    public long restartNanos(int firstCard, int count, long fromNanos, long untilNanos) {
        long back = fromNanos;
        for (Disturbance d : byKind.get(FaultKind.CARD_LOST)) {
            if (d.fromNanos() < untilNanos && d.concernsAny(firstCard, count)) {
                back = Math.max(back, d.untilNanos());
            }
        }
        return back;
    }

    /** When the first of cards is lost in a stretch of time; {@link Long#MAX_VALUE} where none is. */
    public long lossNanos(int firstCard, int count, long fromNanos, long untilNanos) {
        long lost = Long.MAX_VALUE;
        for (Disturbance d : byKind.get(FaultKind.CARD_LOST)) {
            if (d.fromNanos() < untilNanos && d.untilNanos() > fromNanos && d.concernsAny(firstCard, count)) {
                lost = Math.min(lost, Math.max(fromNanos, d.fromNanos()));
            }
        }
        return lost;
    }

    /**
     * Transit of a transfer over the slowest of its links, which stands still while one of them is down.
     *
     * @param nominal without any disturbance
     * @param cards that take part, by their position from 0 to {@code count - 1}
     */
    public long transitNanos(Fabric fabric, long nominal, long start, int count, IntUnaryOperator cards) {
        if (!concernsLinks()) {
            return nominal;
        }
        double drag = 1;
        long up = start;
        for (int i = 0; i < count; i++) {
            int card = cards.applyAsInt(i);
            drag = Math.max(drag, drag(card, fabric, start));
            up = Math.max(up, linkUpNanos(card, start));
        }
        return up - start + (long) Math.ceil(nominal * drag);
    }

    /** The same in seconds: {@code nominal} itself, unrounded, where nothing is in its way. */
    public double transitSeconds(Fabric fabric, double nominal, long start, int count, IntUnaryOperator cards) {
        if (!concernsLinks()) {
            return nominal;
        }
        long whole = (long) (nominal * 1e9);
        long transit = transitNanos(fabric, whole, start, count, cards);
        return transit == whole ? nominal : transit * 1e-9;
    }

    /** One bit for each plane to which a card's link is down. */
    public int planesDown(int card, int planes, long nanos) {
        int down = 0;
        int all = (1 << planes) - 1;
        for (Disturbance d : byKind.get(FaultKind.LANE_DOWN)) {
            if (d.isActive(nanos) && d.concerns(card)) {
                down |= 1 << Math.max(0, d.plane());
            }
        }
        for (Disturbance d : byKind.get(FaultKind.LINK_FLAP)) {
            if (d.concerns(card) && upNanos(d, nanos) > nanos) {
                down |= d.plane() < 0 ? all : 1 << d.plane();
            }
        }
        return down;
    }

    /** Checksum errors of a card's links each second: retries take what the factor on transit adds. */
    public double linkErrorsPerSecond(int card, long nanos) {
        double errors = 0;
        for (Disturbance d : byKind.get(FaultKind.CRC_STORM)) {
            errors += d.isActive(nanos) && d.concerns(card) ? (d.magnitude() - 1) * ERRORS_PER_SECOND : 0;
        }
        return errors;
    }

    /** Of a link half of whose transit is retries [A]. */
    private static final double ERRORS_PER_SECOND = 1000;

    /** Those of one kind. */
    public List<Disturbance> of(FaultKind kind) {
        return byKind.get(kind);
    }

    private static long upNanos(Disturbance flap, long nanos) {
        if (!flap.isActive(nanos)) {
            return nanos;
        }
        long turn = (nanos - flap.fromNanos()) / FLAP_NANOS;
        double share = flap.magnitude() * (0.5 + draws(flap).uniform(FLAP_LENGTH, turn, 0, 0, 0));
        long length = Math.round(FLAP_NANOS * Math.min(0.95, share));
        long place = Math.round((FLAP_NANOS - length) * draws(flap).uniform(FLAP_PLACE, turn, 0, 0, 0));
        long down = flap.fromNanos() + turn * FLAP_NANOS + place;
        long up = down + length;
        return down <= nanos && nanos < up ? Math.min(up, flap.untilNanos()) : nanos;
    }

    private static Draws draws(Disturbance d) {
        return new Draws(d.id());
    }
}
