package io.supernode.ingest;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;

/**
 * A few recorded cards shown as many: every event comes once per copy, from cards next to each other. Copies do not
 * talk to each other: peers and groups are copied too. Not thread-safe.
 */
final class TiledEvents implements EventSource {
    private final EventSource source;
    private final int cards;
    private final int copies;
    private final EventBatch recorded = new EventBatch();

    /** @param cards cards of one copy */
    TiledEvents(EventSource source, int cards, int copies) {
        this.source = source;
        this.cards = cards;
        this.copies = copies;
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        boolean more = source.next(recorded);
        for (int copy = 0; copy < copies; copy++) {
            for (int i = 0; i < recorded.size(); i++) {
                add(batch, i, copy);
            }
        }
        return more;
    }

    @Override
    public long throughNanos() {
        return source.throughNanos();
    }

    private void add(EventBatch to, int i, int copy) {
        EventBatch r = recorded;
        int card = r.card(i) + copy * cards;
        switch (r.kind(i)) {
            case COMPUTE ->
                to.addCompute(
                        card,
                        r.computeOp(i),
                        r.startNanos(i),
                        r.durationNanos(i),
                        r.tokens(i),
                        r.megaflops(i),
                        r.hbmBytes(i),
                        r.step(i),
                        r.microbatch(i),
                        r.stage(i));
            case BUS ->
                to.addBus(
                        card,
                        r.busOp(i),
                        r.fabric(i),
                        r.group(i) * copies + copy,
                        r.groupSize(i),
                        r.peer(i) < 0 ? r.peer(i) : r.peer(i) + copy * cards,
                        r.startNanos(i),
                        r.durationNanos(i),
                        r.waitNanos(i),
                        r.sentBytes(i),
                        r.receivedBytes(i),
                        r.step(i),
                        r.microbatch(i),
                        r.stage(i));
            case STEP ->
                to.addStep(
                        card,
                        r.step(i),
                        r.startNanos(i),
                        r.durationNanos(i),
                        r.waitNanos(i),
                        r.tokens(i),
                        r.megaflops(i));
            case REQUEST ->
                to.addRequest(
                        card,
                        r.request(i) * copies + copy,
                        r.startNanos(i),
                        r.firstTokenNanos(i),
                        r.endNanos(i),
                        r.inputTokens(i),
                        r.outputTokens(i));
            case SAMPLE ->
                to.addSample(
                        card,
                        r.endNanos(i),
                        r.durationNanos(i),
                        r.computePpm(i),
                        r.hbmPpm(i),
                        r.clockMegahertz(i),
                        r.temperatureMillicelsius(i),
                        r.powerMilliwatts(i),
                        r.hbmUsedBytes(i),
                        r.sentBytes(i),
                        r.receivedBytes(i),
                        r.linkErrors(i),
                        r.planesDown(i));
            case FAULT ->
                to.addFault(
                        card,
                        r.endNanos(i),
                        r.durationNanos(i),
                        r.fault(i) * copies + copy,
                        r.faultKind(i),
                        r.active(i),
                        r.cards(i),
                        r.plane(i),
                        r.stage(i),
                        r.magnitudePpm(i));
        }
    }
}
