package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Whether the same work varies everywhere more than it did, on no fixed card. Not thread-safe. */
final class ScatterWatch {
    /** Variation of the same work that is too much whatever was usual; of dense layers 1 to 3 % is measured. */
    private static final double SCATTER = 0.12;
    /** And the least that is told where less was usual. */
    private static final double SCATTER_LEAST = 0.035;

    private static final double SCATTER_USUAL = 2.5;
    private static final int SCATTER_LEARNED = 5;
    private static final double USUAL_KEPT = 0.95;
    private static final int CALM_SCATTER = 6;

    private final Episodes episodes;
    private final Sample sample = new Sample();
    private double usualScatter;
    private double usualAcross;
    private int learned;

    ScatterWatch(Episodes episodes) {
        this.episodes = episodes;
    }

    /** How much the passes of each card vary among themselves; before anything is judged. */
    void gather(CardTrack[] tracks) {
        for (CardTrack track : tracks) {
            CardEvidence e = track.evidence;
            double squares = 0;
            double freedom = 0;
            for (int s = 0; s < e.seriesCount(); s++) {
                if (!Series.isCompute(e.high(s)) || Series.pass(e.high(s)) < 0) {
                    continue;
                }
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
            track.scatter.add(squares, freedom, 1);
        }
    }

    /** After it is known how long each card computed against its peers. */
    void judge(CardTrack[] tracks) {
        sample.clear();
        double nanos = 0;
        for (CardTrack track : tracks) {
            if (track.count > 0 && track.hasPasses) {
                sample.add((track.ratio() - 1) * Math.sqrt(track.count));
                nanos += track.observedNanos;
            }
        }
        int n = sample.size();
        if (n < 2) {
            return;
        }
        // a card against the others in this second, and its passes against each other where there are several
        double across = sample.deviation();
        sample.clear();
        for (CardTrack track : tracks) {
            if (track.scatter.expected > 0.5 && track.count > 0 && track.hasPasses) {
                sample.add(track.scatter.ratio());
            }
        }
        double within = 2 * sample.size() < n ? 0 : Math.sqrt(sample.lowerMedian());
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

    void write(DataOutput out) throws IOException {
        out.writeDouble(usualScatter);
        out.writeDouble(usualAcross);
        out.writeInt(learned);
    }

    void read(DataInput in) throws IOException {
        usualScatter = in.readDouble();
        usualAcross = in.readDouble();
        learned = in.readInt();
    }
}
