package io.supernode.schemas;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import java.util.SplittableRandom;

/** Legal events and headers from a seed: small and huge numbers alike, so that every length of a number occurs. */
final class RandomEvents {
    private final SplittableRandom random;

    RandomEvents(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Events of one kind in the order of their ends, none before {@code baseNanos}. */
    EventBatch batch(EventKind kind, long baseNanos, int count) {
        EventBatch batch = new EventBatch();
        long end = baseNanos;
        for (int i = 0; i < count; i++) {
            end += upTo(1L << 40);
            add(batch, kind, end);
        }
        return batch;
    }

    FrameHeader header(boolean heartbeat) {
        return new FrameHeader(
                any(),
                (int) upTo(Integer.MAX_VALUE),
                heartbeat ? FrameHeader.HEARTBEAT : (int) upTo(Integer.MAX_VALUE),
                heartbeat ? 0 : upTo(Long.MAX_VALUE),
                upTo(1L << 62),
                any(),
                upTo(1L << 60) - (1L << 59),
                upTo(1L << 60));
    }

    int count(int bound) {
        return random.nextInt(bound);
    }

    /** Any number of 64 bits; each length alike. */
    long any() {
        long value = random.nextLong() >> random.nextInt(64);
        return value;
    }

    /** 0 to {@code most}; each length alike, the ends often. */
    long upTo(long most) {
        if (random.nextInt(10) == 0) {
            return random.nextBoolean() ? 0 : most;
        }
        return Math.min(most, random.nextLong() >>> 1 >>> random.nextInt(63));
    }

    private int orUnknown(long value) {
        return random.nextInt(4) == 0 ? -1 : (int) value;
    }

    private void add(EventBatch batch, EventKind kind, long end) {
        int card = (int) upTo(Integer.MAX_VALUE);
        long duration = upTo(EventRules.MAX_DURATION_NANOS);
        long start = end - duration;
        switch (kind) {
            case COMPUTE ->
                batch.addCompute(
                        card,
                        ComputeOp.values()[random.nextInt(ComputeOp.values().length)],
                        start,
                        duration,
                        upTo(Long.MAX_VALUE),
                        upTo(Long.MAX_VALUE),
                        upTo(Long.MAX_VALUE),
                        orUnknown(upTo(Integer.MAX_VALUE)),
                        orUnknown(upTo(Integer.MAX_VALUE)),
                        orUnknown(upTo(Integer.MAX_VALUE)));
            case BUS ->
                batch.addBus(
                        card,
                        BusOp.values()[random.nextInt(BusOp.values().length)],
                        Fabric.values()[random.nextInt(Fabric.values().length)],
                        (int) any(),
                        (int) upTo(Integer.MAX_VALUE),
                        orUnknown(upTo(Integer.MAX_VALUE)),
                        start,
                        duration,
                        upTo(duration),
                        upTo(Long.MAX_VALUE) - (random.nextInt(4) == 0 ? 1 : 0),
                        random.nextInt(4) == 0 ? -1 : upTo(Long.MAX_VALUE),
                        orUnknown(upTo(Integer.MAX_VALUE)),
                        orUnknown(upTo(Integer.MAX_VALUE)),
                        orUnknown(upTo(Integer.MAX_VALUE)));
            case STEP ->
                batch.addStep(
                        card,
                        (int) upTo(Integer.MAX_VALUE),
                        start,
                        duration,
                        upTo(duration),
                        upTo(Long.MAX_VALUE),
                        upTo(Long.MAX_VALUE));
            case REQUEST ->
                batch.addRequest(
                        card,
                        upTo(Long.MAX_VALUE),
                        start,
                        random.nextInt(4) == 0 ? -1 : start + upTo(duration),
                        end,
                        upTo(Long.MAX_VALUE),
                        upTo(Long.MAX_VALUE));
            case SAMPLE ->
                batch.addSample(
                        card,
                        end,
                        duration,
                        (int) upTo(1_000_000),
                        (int) upTo(1_000_000),
                        (int) upTo(Integer.MAX_VALUE),
                        (int) any(),
                        upTo(1_000_000_000),
                        upTo(1L << 60),
                        upTo(1L << 60),
                        upTo(1L << 60),
                        (int) upTo(Integer.MAX_VALUE),
                        (int) upTo(Integer.MAX_VALUE));
            case FAULT ->
                batch.addFault(
                        card,
                        end,
                        duration,
                        upTo(Long.MAX_VALUE),
                        FaultKind.values()[random.nextInt(FaultKind.values().length)],
                        random.nextBoolean(),
                        (int) upTo(Integer.MAX_VALUE),
                        orUnknown(upTo(Integer.MAX_VALUE)),
                        orUnknown(upTo(Integer.MAX_VALUE)),
                        (int) upTo(Integer.MAX_VALUE));
        }
    }
}
