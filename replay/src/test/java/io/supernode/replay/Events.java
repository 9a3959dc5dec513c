package io.supernode.replay;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import java.util.SplittableRandom;

/** Events for tests. */
final class Events {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000_000_000L;

    private Events() {}

    /** One compute event per card at each of the times. */
    static EventBatch computeAt(int cards, long... endNanos) {
        EventBatch events = new EventBatch();
        for (long end : endNanos) {
            for (int card = 0; card < cards; card++) {
                events.addCompute(card, ComputeOp.FORWARD, end - 10, 10, 3, 5, 7, 0, card, 1);
            }
        }
        return events;
    }

    /** Events of all kinds with every field drawn at random, ends before {@code untilNanos}. */
    static EventBatch random(long seed, int count, int cards, long untilNanos) {
        SplittableRandom random = new SplittableRandom(seed);
        EventBatch events = new EventBatch();
        for (int i = 0; i < count; i++) {
            int card = random.nextInt(cards);
            long end = random.nextLong(untilNanos);
            long duration = random.nextLong(end + 1);
            switch (EventKind.values()[random.nextInt(4)]) {
                case COMPUTE ->
                    events.addCompute(
                            card,
                            ComputeOp.values()[random.nextInt(ComputeOp.values().length)],
                            end - duration,
                            duration,
                            random.nextLong(1L << 40),
                            random.nextLong(1L << 50),
                            random.nextLong(1L << 50),
                            random.nextInt(-1, 1 << 20),
                            random.nextInt(-1, 1 << 20),
                            random.nextInt(-1, 64));
                case BUS ->
                    events.addBus(
                            card,
                            BusOp.values()[random.nextInt(BusOp.values().length)],
                            Fabric.values()[random.nextInt(Fabric.values().length)],
                            random.nextInt(1 << 20),
                            random.nextInt(2, 400),
                            random.nextInt(-1, cards),
                            end - duration,
                            duration,
                            random.nextLong(duration + 1),
                            random.nextLong(-1, 1L << 50),
                            random.nextLong(-1, 1L << 50),
                            random.nextInt(-1, 1 << 20),
                            random.nextInt(-1, 1 << 20),
                            random.nextInt(-1, 64));
                case STEP ->
                    events.addStep(
                            card,
                            random.nextInt(1 << 20),
                            end - duration,
                            duration,
                            random.nextLong(duration + 1),
                            random.nextLong(1L << 40),
                            random.nextLong(1L << 50));
                case REQUEST ->
                    events.addRequest(
                            card,
                            random.nextLong(1L << 40),
                            end - duration,
                            random.nextBoolean() ? -1 : end - random.nextLong(duration + 1),
                            end,
                            random.nextLong(1L << 30),
                            random.nextLong(1L << 30));
                case SAMPLE ->
                    events.addSample(
                            card,
                            end,
                            duration,
                            random.nextInt(1_000_001),
                            random.nextInt(1_000_001),
                            random.nextInt(4_000),
                            random.nextInt(100_000),
                            random.nextLong(1_200_000),
                            random.nextLong(1L << 37),
                            random.nextLong(1L << 40),
                            random.nextLong(1L << 40),
                            random.nextInt(100),
                            random.nextInt(128));
                case FAULT ->
                    events.addFault(
                            card,
                            end,
                            duration,
                            random.nextLong(1L << 20),
                            FaultKind.values()[random.nextInt(FaultKind.values().length)],
                            random.nextBoolean(),
                            random.nextInt(384),
                            random.nextInt(-1, 7),
                            random.nextInt(-1, 64),
                            random.nextInt(10_000_000));
            }
        }
        return events;
    }

    static String digest(EventBatch events) {
        EventDigest digest = new EventDigest();
        for (int i = 0; i < events.size(); i++) {
            digest.add(events, i);
        }
        return digest.hex();
    }
}
