package io.supernode.diagnosis;

import io.supernode.event.ComputeOp;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * What cards compute, against what their peers need for the same: card against the cards of its stage, stage against the
 * other stages for as much work, and each card's passes against each other. Not thread-safe.
 *
 * <p>A card's expected time is the median rate of its peers, itself left out, times its own work. What is suspicious is
 * both large (6 %) and six times what most cards differ by and what its own passes vary by, so that a job whose work
 * varies asks for more.
 */
final class ComputeWatch {
    private static final double CARD_EXCESS = 0.06;
    /** Stages differ in what their operations are made of, which the work told does not show: more is asked for. */
    private static final double STAGE_EXCESS = 0.12;

    /** Variation of the same work that is too much whatever was usual; of dense layers 1 to 3 % is measured. */
    private static final double SCATTER = 0.12;
    /** And the least that is told where less was usual. */
    private static final double SCATTER_LEAST = 0.035;

    private static final double SCATTER_USUAL = 2.5;
    private static final int SCATTER_LEARNED = 5;
    private static final double USUAL_KEPT = 0.95;
    /** A clock below this share of what is usual is low: clocks of cards differ by about 1 %. */
    private static final double CLOCK_KEPT = 0.97;

    private static final int HOTTER_MILLICELSIUS = 5_000;
    /** Cards of a series below which there are too few to compare with. */
    private static final int PEERS_LEAST = 3;

    private static final int STAGE_LEARNED = 5;
    private static final int CALM_CARD = 3;
    private static final int CALM_STAGE = 3;
    private static final int CALM_SCATTER = 6;
    private static final int PASSES = 2;

    private final Episodes episodes;
    private final TreeMap<Integer, Fading> stages = new TreeMap<>();
    /** Time for as much work on most cards, series by series, when last enough of them told. */
    private final TreeMap<Long, Double> usualRates = new TreeMap<>();
    /** Of the stages that compute less than others: their usual share of what others need. */
    private final TreeMap<Integer, double[]> usualStages = new TreeMap<>();

    private double usualScatter;
    private double usualAcross;
    private int learned;

    // of the slice in hand
    private final TreeMap<Long, Peers> peers = new TreeMap<>();
    private double[] scratch = new double[0];
    private double[][] passNanos = new double[PASSES][0];
    private double[][] passWork = new double[PASSES][0];

    /** All series of one class. */
    private static final class Peers {
        int n;
        int[] card = new int[16];
        int[] series = new int[16];

        void add(int c, int s) {
            if (n == card.length) {
                card = Arrays.copyOf(card, 2 * n);
                series = Arrays.copyOf(series, 2 * n);
            }
            card[n] = c;
            series[n++] = s;
        }
    }

    ComputeWatch(Episodes episodes) {
        this.episodes = episodes;
    }

    /** @param tracks the cards that say something in this slice, in ascending order */
    void slice(CardTrack[] tracks) {
        gather(tracks);
        compare(tracks);
        judgeStages(tracks);
        judgeScatter(tracks);
    }

    private void gather(CardTrack[] tracks) {
        peers.values().forEach(p -> p.n = 0);
        if (scratch.length < tracks.length) {
            scratch = new double[2 * tracks.length];
            passNanos = new double[PASSES][2 * tracks.length];
            passWork = new double[PASSES][2 * tracks.length];
        }
        for (int pass = 0; pass < PASSES; pass++) {
            Arrays.fill(passNanos[pass], 0, tracks.length, 0);
            Arrays.fill(passWork[pass], 0, tracks.length, 0);
        }
        for (int c = 0; c < tracks.length; c++) {
            CardEvidence e = tracks[c].evidence;
            double squares = 0;
            double freedom = 0;
            for (int s = 0; s < e.seriesCount(); s++) {
                long high = e.high(s);
                if (!Series.isCompute(high)) {
                    continue;
                }
                peers.computeIfAbsent(high << 32 | e.low(s), key -> new Peers()).add(c, s);
                int pass = pass(Series.computeOp(high));
                if (pass < 0) {
                    continue;
                }
                tracks[c].stage = Series.stage(e.low(s));
                passNanos[pass][c] += e.figure(s, CardEvidence.NANOS);
                passWork[pass][c] += work(e, s);
                long n = e.figure(s, CardEvidence.COUNT);
                double mean = e.figure(s, CardEvidence.NANOS) / 1e3 / n;
                if (n > 1 && mean > 0) {
                    // may come out below 0 by what whole microseconds round
                    double around = Math.max(0, e.figure(s, CardEvidence.SQUARES) - n * mean * mean);
                    squares += around / (mean * mean);
                    freedom += n - 1;
                }
            }
            // also where there is one pass of each kind: what is old weighs less
            tracks[c].scatter.add(squares, freedom, 1);
        }
        peers.values().removeIf(p -> p.n == 0);
    }

    private void compare(CardTrack[] tracks) {
        for (var each : peers.entrySet()) {
            Peers p = each.getValue();
            for (int i = 0; i < p.n; i++) {
                scratch[i] = rate(tracks, p, i);
            }
            Arrays.sort(scratch, 0, p.n);
            // a card that holds up all others ends its pass when none of them ends one: then what was usual before
            boolean few = p.n < PEERS_LEAST;
            double usual = few ? usualRates.getOrDefault(each.getKey(), Double.NaN) : Robust.lowerMedian(scratch, p.n);
            if (!few) {
                usualRates.put(each.getKey(), usual);
            }
            for (int i = 0; i < p.n && (p.n > 1 || usual > 0); i++) {
                int own = Arrays.binarySearch(scratch, 0, p.n, rate(tracks, p, i));
                double rate = few && usual > 0 ? usual : Robust.lowerMedianWithout(scratch, p.n, own);
                CardTrack track = tracks[p.card[i]];
                CardEvidence e = track.evidence;
                track.observedNanos += e.figure(p.series[i], CardEvidence.NANOS);
                track.expectedNanos += rate * work(e, p.series[i]);
                track.count += e.figure(p.series[i], CardEvidence.COUNT);
            }
        }
        for (CardTrack track : tracks) {
            if (track.expectedNanos > 0) {
                track.compute.add(track.observedNanos, track.expectedNanos, track.count);
            }
        }
    }

    /** Says which cards are slow; after it is known which of them have more tokens routed to them. */
    void judgeCards(CardTrack[] tracks) {
        int n = 0;
        for (CardTrack track : tracks) {
            if (track.expectedNanos > 0) {
                scratch[n++] = track.compute.deviation();
            }
        }
        double deviation = Robust.deviation(scratch, n);
        int usualClock = median(tracks, track -> track.clockMegahertz);
        int usualHeat = median(tracks, track -> track.temperatureMillicelsius);
        for (CardTrack track : tracks) {
            if (!(track.expectedNanos > 0)) {
                continue;
            }
            double excess = Math.max(track.compute.excess(CARD_EXCESS, deviation), ownNoise(track));
            double now = track.excessAlone();
            boolean certain = now >= 3 * excess && track.count >= 2;
            boolean suspicious = now >= excess / 2 && track.compute.ratio() - 1 >= excess;
            boolean more = episodes.isOpen(AnomalyKind.EXPERT_HOT_SPOT, track.card, -1)
                    || track.routed.ratio() - 1 >= 0.3 * (track.compute.ratio() - 1);
            if (now < excess / 2 || more) {
                episodes.calm(AnomalyKind.SLOW_CARD, track.card, -1, CALM_CARD);
            } else if (certain || suspicious) {
                episodes.suspect(AnomalyKind.SLOW_CARD, track.card, -1, certain, finding(track, usualClock, usualHeat));
            } else {
                episodes.rising(AnomalyKind.SLOW_CARD, track.card, -1, finding(track, usualClock, usualHeat));
            }
        }
    }

    /** What the mean of passes that vary so much among themselves may be off by; a slow card is slow in all of them. */
    private static double ownNoise(CardTrack track) {
        return track.scatter.expected >= 1 ? track.compute.excess(0, Math.sqrt(track.scatter.ratio())) : 0;
    }

    /** Of the cards that tell their gauges; 0 where none does. */
    private int median(CardTrack[] tracks, ToIntFunction<CardTrack> gauge) {
        int n = 0;
        for (CardTrack track : tracks) {
            if (track.clockMegahertz > 0) {
                scratch[n++] = gauge.applyAsInt(track);
            }
        }
        return n == 0 ? 0 : (int) Robust.lowerMedian(scratch, n);
    }

    private static Cause cause(CardTrack track, int usualClock, int usualHeat) {
        if (track.clockMegahertz == 0) {
            return Cause.UNKNOWN;
        }
        if (track.clockMegahertz >= CLOCK_KEPT * usualClock) {
            return Cause.CARD;
        }
        return track.temperatureMillicelsius >= usualHeat + HOTTER_MILLICELSIUS ? Cause.HEAT : Cause.LOW_CLOCK;
    }

    private static Finding finding(CardTrack track, int usualClock, int usualHeat) {
        Finding f = new Finding();
        f.card = track.card;
        f.cards = 1;
        f.stage = track.stage;
        f.observedNanos = track.observedNanos;
        f.expectedNanos = track.expectedNanos;
        f.events = track.count;
        f.peersWaitNanos = Math.max(0, track.lateNanos);
        f.peersWaits = track.lateCount;
        f.clockMegahertz = track.clockMegahertz;
        f.temperatureMillicelsius = track.temperatureMillicelsius;
        f.cause = cause(track, usualClock, usualHeat);
        return f;
    }

    private void judgeStages(CardTrack[] tracks) {
        TreeMap<Integer, double[]> observed = new TreeMap<>();
        for (int pass = 0; pass < PASSES; pass++) {
            TreeMap<Integer, double[]> rates = new TreeMap<>();
            for (CardTrack track : tracks) {
                rates.putIfAbsent(track.stage, new double[3]);
            }
            for (var each : rates.entrySet()) {
                int n = 0;
                for (int c = 0; c < tracks.length; c++) {
                    if (tracks[c].stage == each.getKey() && passWork[pass][c] > 0) {
                        scratch[n++] = passNanos[pass][c] / passWork[pass][c];
                        each.getValue()[1] += passNanos[pass][c];
                        each.getValue()[2]++;
                    }
                }
                each.getValue()[0] = Robust.lowerMedian(scratch, n);
            }
            rates.entrySet().removeIf(each -> each.getKey() < 0 || each.getValue()[2] == 0);
            double[] sorted =
                    rates.values().stream().mapToDouble(r -> r[0]).sorted().toArray();
            if (sorted.length < 2) {
                continue;
            }
            for (var each : rates.entrySet()) {
                double rate = each.getValue()[0];
                double others = Robust.lowerMedianWithout(sorted, sorted.length, Arrays.binarySearch(sorted, rate));
                double[] sums = observed.computeIfAbsent(each.getKey(), s -> new double[3]);
                sums[0] += each.getValue()[1];
                sums[1] += each.getValue()[1] * others / rate;
                sums[2] += each.getValue()[2];
            }
        }
        observed.forEach((stage, sums) -> judgeStage(tracks, stage, sums));
    }

    private void judgeStage(CardTrack[] tracks, int stage, double[] sums) {
        Fading fading = stages.computeIfAbsent(stage, s -> new Fading());
        // learned: how often, and the share
        double[] usual = usualStages.computeIfAbsent(stage, s -> new double[] {0, 1});
        double share = usual[0] >= STAGE_LEARNED ? Math.min(1, usual[1]) : 1;
        fading.add(sums[0], sums[1] * share, sums[2]);
        double now = sums[0] / (sums[1] * share) - 1;
        if (now < STAGE_EXCESS / 2) {
            usual[1] +=
                    (usual[0] < STAGE_LEARNED ? 1 / (usual[0] + 1) : 1 - USUAL_KEPT) * (sums[0] / sums[1] - usual[1]);
            usual[0]++;
            episodes.calm(AnomalyKind.STAGE_IMBALANCE, stage, -1, CALM_STAGE);
            return;
        }
        Finding f = new Finding();
        f.cause = Cause.LAYOUT;
        f.stage = stage;
        f.observedNanos = sums[0];
        f.expectedNanos = sums[1] * share;
        for (CardTrack track : tracks) {
            if (track.stage == stage) {
                f.card = f.card < 0 ? track.card : f.card;
                f.cards++;
                f.events += track.count > 0 ? track.count : 1;
            }
        }
        if (fading.ratio() - 1 >= STAGE_EXCESS) {
            episodes.suspect(AnomalyKind.STAGE_IMBALANCE, stage, -1, false, f);
        } else {
            episodes.rising(AnomalyKind.STAGE_IMBALANCE, stage, -1, f);
        }
    }

    private void judgeScatter(CardTrack[] tracks) {
        int n = 0;
        double nanos = 0;
        for (CardTrack track : tracks) {
            if (track.count > 0) {
                scratch[n++] = (track.ratio() - 1) * Math.sqrt(track.count);
                nanos += track.observedNanos;
            }
        }
        if (n < 2) {
            return;
        }
        // a card against the others in this second, and its passes against each other where there are several
        double across = Robust.deviation(scratch, n);
        int several = 0;
        for (CardTrack track : tracks) {
            if (track.scatter.expected > 0.5 && track.count > 0) {
                scratch[several++] = track.scatter.ratio();
            }
        }
        double within = 2 * several < n ? 0 : Math.sqrt(Robust.lowerMedian(scratch, several));
        if (!isUnusual(within, usualScatter) && !isUnusual(across, usualAcross)) {
            double share = learned == 0 ? 1 : 1 - USUAL_KEPT;
            usualScatter += share * (within - usualScatter);
            usualAcross += share * (across - usualAcross);
            learned++;
            episodes.calm(AnomalyKind.SEQUENCE_IMBALANCE, 0, -1, CALM_SCATTER);
            return;
        }
        Finding f = new Finding();
        f.cause = Cause.SEQUENCES;
        f.severity =
                1 + 2 * Math.max(within, across); // two deviations: what the longest microbatches take over the mean
        f.slices = 1;
        f.events = n;
        f.observedNanos = nanos;
        f.expectedNanos = nanos;
        episodes.suspect(AnomalyKind.SEQUENCE_IMBALANCE, 0, -1, false, f);
    }

    private boolean isUnusual(double scatter, double usual) {
        return scatter >= SCATTER
                || learned >= SCATTER_LEARNED && scatter >= Math.max(SCATTER_LEAST, SCATTER_USUAL * usual);
    }

    private static double rate(CardTrack[] tracks, Peers p, int i) {
        CardEvidence e = tracks[p.card[i]].evidence;
        return e.figure(p.series[i], CardEvidence.NANOS) / work(e, p.series[i]);
    }

    /** The operations; where they are not told, the events. */
    private static double work(CardEvidence e, int series) {
        long work = e.figure(series, CardEvidence.WORK);
        return work > 0 ? work : e.figure(series, CardEvidence.COUNT);
    }

    private static int pass(ComputeOp op) {
        return op == ComputeOp.FORWARD ? 0 : op == ComputeOp.BACKWARD ? 1 : -1;
    }

    void write(DataOutput out) throws IOException {
        out.writeDouble(usualScatter);
        out.writeDouble(usualAcross);
        out.writeInt(learned);
        out.writeInt(usualRates.size());
        for (var each : usualRates.entrySet()) {
            out.writeLong(each.getKey());
            out.writeDouble(each.getValue());
        }
        out.writeInt(usualStages.size());
        for (var each : usualStages.entrySet()) {
            out.writeInt(each.getKey());
            out.writeDouble(each.getValue()[0]);
            out.writeDouble(each.getValue()[1]);
        }
        out.writeInt(stages.size());
        for (var each : stages.entrySet()) {
            out.writeInt(each.getKey());
            each.getValue().write(out);
        }
    }

    void read(DataInput in) throws IOException {
        usualScatter = in.readDouble();
        usualAcross = in.readDouble();
        learned = in.readInt();
        int rates = in.readInt();
        for (int i = 0; i < rates; i++) {
            usualRates.put(in.readLong(), in.readDouble());
        }
        int shares = in.readInt();
        for (int i = 0; i < shares; i++) {
            usualStages.put(in.readInt(), new double[] {in.readDouble(), in.readDouble()});
        }
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            Fading fading = new Fading();
            stages.put(in.readInt(), fading);
            fading.read(in);
        }
    }
}
