package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * What a card computes, against what its peers need for the same. Not thread-safe.
 *
 * <p>A card's expected time is the median rate of its peers, itself left out, times its own work. What is suspicious is
 * both large (6 %) and six times what most cards differ by and what its own passes vary by, so that a job whose work
 * varies asks for more.
 */
final class CardWatch {
    private static final double CARD_EXCESS = 0.06;
    /** A clock below this share of what is usual is low: clocks of cards differ by about 1 %. */
    private static final double CLOCK_KEPT = 0.97;

    private static final int HOTTER_MILLICELSIUS = 5_000;
    /** Cards of a series below which there are too few to compare with. */
    private static final int PEERS_LEAST = 3;

    /** Where the work of an event differs from card to card, its time says so much less of the card. */
    private static final double UNEVEN_DEVIATIONS = 3;

    private static final int CALM_CARD = 3;

    private final Episodes episodes;
    /** Time for as much work on most cards, series by series, when last enough of them told. */
    private final TreeMap<Long, Double> usualRates = new TreeMap<>();

    // of the slice in hand
    private final TreeMap<Long, Peers> peers = new TreeMap<>();
    private final Sample sample = new Sample();
    private final Sample work = new Sample();

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

    CardWatch(Episodes episodes) {
        this.episodes = episodes;
    }

    /** How long each card computed, and how long its peers would have for the same. */
    void compare(CardTrack[] tracks) {
        gather(tracks);
        for (var each : peers.entrySet()) {
            Peers p = each.getValue();
            sample.clear();
            work.clear();
            for (int i = 0; i < p.n; i++) {
                sample.add(rate(tracks, p, i));
                work.add(workOfEvent(tracks, p, i));
            }
            double median = sample.lowerMedian();
            // a card that holds up all others ends its pass when none of them ends one: then what was usual before
            boolean few = p.n < PEERS_LEAST;
            double usual = few ? usualRates.getOrDefault(each.getKey(), Double.NaN) : median;
            if (!few) {
                usualRates.put(each.getKey(), usual);
            }
            double most = work.lowerMedian();
            double spread = work.spread();
            for (int i = 0; i < p.n && (p.n > 1 || usual > 0); i++) {
                double rate = few && usual > 0 ? usual : sample.lowerMedianWithout(rate(tracks, p, i));
                CardTrack track = tracks[p.card[i]];
                CardEvidence e = track.evidence;
                track.observedNanos += e.figure(p.series[i], CardEvidence.NANOS);
                // less work than most have may take as long: some of it is the same for all
                track.expectedNanos += rate
                        * Math.max(
                                e.work(p.series[i]),
                                spread > GroupTrack.UNEVEN ? most * e.figure(p.series[i], CardEvidence.COUNT) : 0);
                double own = Math.abs(workOfEvent(tracks, p, i) / most - 1);
                double uneven = Math.max(spread, own);
                track.unevenness = Math.max(track.unevenness, uneven > GroupTrack.UNEVEN ? uneven : 0);
                track.count += e.figure(p.series[i], CardEvidence.COUNT);
            }
        }
        for (CardTrack track : tracks) {
            if (track.expectedNanos > 0) {
                track.compute.add(track.observedNanos, track.expectedNanos, track.count);
            }
        }
    }

    private void gather(CardTrack[] tracks) {
        peers.values().forEach(p -> p.n = 0);
        for (int c = 0; c < tracks.length; c++) {
            CardEvidence e = tracks[c].evidence;
            for (int s = 0; s < e.seriesCount(); s++) {
                if (Series.isCompute(e.high(s))) {
                    peers.computeIfAbsent(e.high(s) << 32 | e.low(s), key -> new Peers())
                            .add(c, s);
                }
            }
        }
        peers.values().removeIf(p -> p.n == 0);
    }

    /** Says which cards are slow; after it is known which of them have more tokens routed to them. */
    void judge(CardTrack[] tracks) {
        sample.clear();
        for (CardTrack track : tracks) {
            if (track.expectedNanos > 0) {
                sample.add(track.compute.deviation());
            }
        }
        double deviation = sample.deviation();
        int usualClock = median(tracks, track -> track.clockMegahertz);
        int usualHeat = median(tracks, track -> track.temperatureMillicelsius);
        for (CardTrack track : tracks) {
            if (!(track.expectedNanos > 0)) {
                continue;
            }
            double excess = Math.max(track.compute.excess(CARD_EXCESS, deviation), ownNoise(track));
            excess = Math.max(excess, UNEVEN_DEVIATIONS * track.unevenness);
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
        sample.clear();
        for (CardTrack track : tracks) {
            if (track.clockMegahertz > 0) {
                sample.add(gauge.applyAsInt(track));
            }
        }
        return sample.size() == 0 ? 0 : (int) sample.lowerMedian();
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

    private static double rate(CardTrack[] tracks, Peers p, int i) {
        CardEvidence e = tracks[p.card[i]].evidence;
        return e.figure(p.series[i], CardEvidence.NANOS) / e.work(p.series[i]);
    }

    private static double workOfEvent(CardTrack[] tracks, Peers p, int i) {
        CardEvidence e = tracks[p.card[i]].evidence;
        return e.work(p.series[i]) / e.figure(p.series[i], CardEvidence.COUNT);
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(usualRates.size());
        for (var each : usualRates.entrySet()) {
            out.writeLong(each.getKey());
            out.writeDouble(each.getValue());
        }
    }

    void read(DataInput in) throws IOException {
        int rates = in.readInt();
        for (int i = 0; i < rates; i++) {
            usualRates.put(in.readLong(), in.readDouble());
        }
    }
}
