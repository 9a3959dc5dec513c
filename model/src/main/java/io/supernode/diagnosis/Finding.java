package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What is held against a suspect, in one slice or in all of an episode. Not thread-safe. */
final class Finding {
    Cause cause = Cause.UNKNOWN;
    int card = -1;
    int cards;
    int peer = -1;
    int plane = -1;
    int stage = -1;
    double observedNanos;
    double expectedNanos;
    double events;
    /** Where nothing has a length: the severity itself, summed over slices. */
    double severity;

    double slices;
    double peersWaitNanos;
    double peersWaits;
    long linkErrors;
    int clockMegahertz;
    int temperatureMillicelsius;

    /** Sums add up; what and why are as they were told last. */
    void add(Finding slice) {
        cause = slice.cause == Cause.UNKNOWN ? cause : slice.cause;
        card = card < 0 ? slice.card : Math.min(card, slice.card);
        cards = Math.max(cards, slice.cards);
        peer = slice.peer;
        plane = slice.plane >= 0 ? slice.plane : plane;
        stage = slice.stage;
        observedNanos += slice.observedNanos;
        expectedNanos += slice.expectedNanos;
        events += slice.events;
        severity += slice.severity;
        slices += slice.slices;
        peersWaitNanos += slice.peersWaitNanos;
        peersWaits += slice.peersWaits;
        linkErrors += slice.linkErrors;
        clockMegahertz = slice.clockMegahertz > 0 ? slice.clockMegahertz : clockMegahertz;
        temperatureMillicelsius = slice.clockMegahertz > 0 ? slice.temperatureMillicelsius : temperatureMillicelsius;
    }

    long severityPpm() {
        double ratio = slices > 0 ? severity / slices : expectedNanos > 0 ? observedNanos / expectedNanos : 1;
        return Math.round(Math.min(ratio, 1e6) * 1e6);
    }

    long mean(double sum) {
        return events > 0 ? Math.round(sum / events) : 0;
    }

    void write(DataOutput out) throws IOException {
        out.writeByte(cause.ordinal());
        out.writeInt(card);
        out.writeInt(cards);
        out.writeInt(peer);
        out.writeInt(plane);
        out.writeInt(stage);
        out.writeDouble(observedNanos);
        out.writeDouble(expectedNanos);
        out.writeDouble(events);
        out.writeDouble(severity);
        out.writeDouble(slices);
        out.writeDouble(peersWaitNanos);
        out.writeDouble(peersWaits);
        out.writeLong(linkErrors);
        out.writeInt(clockMegahertz);
        out.writeInt(temperatureMillicelsius);
    }

    static Finding read(DataInput in) throws IOException {
        Finding finding = new Finding();
        finding.cause = Cause.values()[in.readByte()];
        finding.card = in.readInt();
        finding.cards = in.readInt();
        finding.peer = in.readInt();
        finding.plane = in.readInt();
        finding.stage = in.readInt();
        finding.observedNanos = in.readDouble();
        finding.expectedNanos = in.readDouble();
        finding.events = in.readDouble();
        finding.severity = in.readDouble();
        finding.slices = in.readDouble();
        finding.peersWaitNanos = in.readDouble();
        finding.peersWaits = in.readDouble();
        finding.linkErrors = in.readLong();
        finding.clockMegahertz = in.readInt();
        finding.temperatureMillicelsius = in.readInt();
        return finding;
    }
}
