package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.TreeMap;

/** What the cards of a pipeline stage compute, against what the other stages need for as much work. Not thread-safe. */
final class StageWatch {
    /** Stages differ in what their operations are made of, which the work told does not show: more is asked for. */
    private static final double STAGE_EXCESS = 0.12;

    private static final double USUAL_KEPT = 0.95;
    private static final int STAGE_LEARNED = 5;
    private static final int CALM_STAGE = 3;
    private static final int PASSES = 2;

    private final Episodes episodes;
    private final TreeMap<Integer, Fading> stages = new TreeMap<>();
    /** Of the stages that compute less than others: their usual share of what others need. */
    private final TreeMap<Integer, double[]> usualStages = new TreeMap<>();

    // of the slice in hand: by pass and card
    private double[][] passNanos = new double[PASSES][0];
    private double[][] passWork = new double[PASSES][0];
    private final Sample sample = new Sample();

    StageWatch(Episodes episodes) {
        this.episodes = episodes;
    }

    /** Says of which stage each card is, and takes in its passes; before anything is judged. */
    void gather(CardTrack[] tracks) {
        if (passNanos[0].length < tracks.length) {
            passNanos = new double[PASSES][2 * tracks.length];
            passWork = new double[PASSES][2 * tracks.length];
        }
        for (int pass = 0; pass < PASSES; pass++) {
            Arrays.fill(passNanos[pass], 0, tracks.length, 0);
            Arrays.fill(passWork[pass], 0, tracks.length, 0);
        }
        for (int c = 0; c < tracks.length; c++) {
            CardEvidence e = tracks[c].evidence;
            for (int s = 0; s < e.seriesCount(); s++) {
                int pass = Series.isCompute(e.high(s)) ? Series.pass(e.high(s)) : -1;
                if (pass >= 0) {
                    tracks[c].hasPasses = true;
                    tracks[c].stage = Series.stage(e.low(s));
                    passNanos[pass][c] += e.figure(s, CardEvidence.NANOS);
                    passWork[pass][c] += e.work(s);
                }
            }
        }
    }

    /** After it is known how many events each card told. */
    void judge(CardTrack[] tracks) {
        TreeMap<Integer, double[]> observed = new TreeMap<>();
        for (int pass = 0; pass < PASSES; pass++) {
            TreeMap<Integer, double[]> rates = new TreeMap<>();
            for (CardTrack track : tracks) {
                rates.putIfAbsent(track.stage, new double[3]);
            }
            for (var each : rates.entrySet()) {
                sample.clear();
                for (int c = 0; c < tracks.length; c++) {
                    if (tracks[c].stage == each.getKey() && passWork[pass][c] > 0) {
                        sample.add(passNanos[pass][c] / passWork[pass][c]);
                        each.getValue()[1] += passNanos[pass][c];
                        each.getValue()[2]++;
                    }
                }
                each.getValue()[0] = sample.lowerMedian();
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
        observed.forEach((stage, sums) -> judge(tracks, stage, sums));
    }

    private void judge(CardTrack[] tracks, int stage, double[] sums) {
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

    void write(DataOutput out) throws IOException {
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
