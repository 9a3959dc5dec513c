package io.supernode.diagnosis;

import io.supernode.event.BusOp;
import io.supernode.event.Fabric;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Whether a whole network takes longer than it did before. Not thread-safe. */
final class NetworkWatch {
    private static final double CONGESTION_EXCESS = 0.10;
    private static final double DEVIATIONS = 6;
    private static final double USUAL_KEPT = 0.9;
    private static final int CALM_NETWORK = 4;
    private static final Fabric[] FABRICS = Fabric.values();

    private final Episodes episodes;
    private final Groups groups;
    private final Network[] networks = new Network[FABRICS.length];
    private final Sample sample = new Sample();

    /** Transit of one network now over what was usual, its median over groups. */
    private static final class Network {
        final Fading now = new Fading();
        double deviation;
    }

    NetworkWatch(Episodes episodes, Groups groups) {
        this.episodes = episodes;
        this.groups = groups;
        for (int i = 0; i < networks.length; i++) {
            networks[i] = new Network();
        }
    }

    /** Network by network: transit for a byte against before; after slow links are known. */
    void judge() {
        for (Fabric fabric : FABRICS) {
            boolean more = judge(fabric);
            for (GroupTrack group : groups.touched()) {
                if (group.fabric() == fabric && !more && !group.isSlow) {
                    group.learn(Transits.LEARNED, USUAL_KEPT);
                }
            }
        }
    }

    /** True when its transfers take longer than is usual, so that nothing is to be learned from them. */
    private boolean judge(Fabric fabric) {
        Finding f = new Finding();
        f.cause = Cause.NETWORK;
        sample.clear();
        for (GroupTrack group : groups.touched()) {
            if (group.fabric() == fabric && group.learned >= Transits.LEARNED && group.op() != BusOp.RECEIVE) {
                sample.add(group.delay());
                f.observedNanos += group.meanNanos() * group.count();
                f.expectedNanos += group.meanNanos() / group.delay() * group.count();
                f.events += group.count();
            }
        }
        if (sample.size() == 0) {
            return false;
        }
        Network network = networks[fabric.ordinal()];
        double now = sample.lowerMedian();
        network.now.add(now, 1, sample.size());
        double excess = Math.max(CONGESTION_EXCESS, DEVIATIONS * network.deviation);
        boolean more = Math.max(now, network.now.ratio()) - 1 >= excess / 2;
        boolean otherwiseExplained = episodes.isAnyOpen(AnomalyKind.SLOW_LINK);
        if (now - 1 < excess / 2 || otherwiseExplained) {
            episodes.calm(AnomalyKind.CONGESTION, fabric.ordinal(), -1, CALM_NETWORK);
        } else if (network.now.ratio() - 1 >= excess) {
            episodes.suspect(AnomalyKind.CONGESTION, fabric.ordinal(), -1, false, f);
        } else {
            episodes.rising(AnomalyKind.CONGESTION, fabric.ordinal(), -1, f);
        }
        if (!more) {
            network.deviation = USUAL_KEPT * network.deviation + (1 - USUAL_KEPT) * Math.abs(now - 1);
        }
        return more;
    }

    void write(DataOutput out) throws IOException {
        for (Network network : networks) {
            network.now.write(out);
            out.writeDouble(network.deviation);
        }
    }

    void read(DataInput in) throws IOException {
        for (Network network : networks) {
            network.now.read(in);
            network.deviation = in.readDouble();
        }
    }
}
