package io.supernode.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventBatchTest {
    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    static Record randomEvent(Random random) {
        return switch (EventKind.values()[random.nextInt(EventKind.values().length)]) {
            case COMPUTE ->
                new ComputeEvent(
                        random.nextInt(384),
                        ComputeOp.values()[random.nextInt(ComputeOp.values().length)],
                        random.nextInt(1_000_000),
                        random.nextInt(1_000),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt());
            case BUS ->
                new BusEvent(
                        random.nextInt(384),
                        BusOp.values()[random.nextInt(BusOp.values().length)],
                        Fabric.values()[random.nextInt(Fabric.values().length)],
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(1_000_000),
                        random.nextInt(1_000),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt());
            case STEP ->
                new StepEvent(
                        random.nextInt(384),
                        random.nextInt(),
                        random.nextInt(1_000_000),
                        random.nextInt(1_000),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong());
            case REQUEST ->
                new RequestEvent(
                        random.nextInt(384),
                        random.nextLong(),
                        random.nextInt(1_000_000),
                        random.nextInt(1_000_000),
                        1_000_000 + random.nextInt(1_000_000),
                        random.nextLong(),
                        random.nextLong());
            case SAMPLE ->
                new CardSample(
                        random.nextInt(384),
                        random.nextInt(1_000_000),
                        random.nextInt(1_000),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextInt(),
                        random.nextInt());
            case FAULT ->
                new FaultEvent(
                        random.nextInt(384),
                        random.nextInt(1_000_000),
                        random.nextInt(1_000),
                        random.nextLong(),
                        FaultKind.values()[random.nextInt(FaultKind.values().length)],
                        random.nextBoolean(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt());
        };
    }

    static void add(EventBatch batch, Record event) {
        if (event instanceof ComputeEvent e) {
            batch.add(e);
        } else if (event instanceof BusEvent e) {
            batch.add(e);
        } else if (event instanceof StepEvent e) {
            batch.add(e);
        } else if (event instanceof CardSample e) {
            batch.add(e);
        } else if (event instanceof FaultEvent e) {
            batch.add(e);
        } else {
            batch.add((RequestEvent) event);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatGoesInComesOut(long seed) {
        Random random = new Random(seed);
        EventBatch batch = new EventBatch(0);
        for (int round = 0; round < 2; round++) {
            batch.clear();
            assertThat(batch.isEmpty()).isTrue();
            List<Record> events = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                events.add(randomEvent(random));
                add(batch, events.get(i));
            }
            assertThat(batch.size()).isEqualTo(200);
            for (int i = 0; i < 200; i++) {
                assertThat(batch.record(i)).isEqualTo(events.get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 11, 12, 22, 30, 31, 33, 40})
    void manyEventsAreInTheOrderOfTimeWhateverTheySpan(long spanBits) {
        Random random = new Random(spanBits);
        EventBatch batch = new EventBatch();
        int n = 5000 + random.nextInt(5000);
        for (int i = 0; i < n; i++) {
            long end = -77 + (random.nextLong() & (1L << spanBits) - 1);
            batch.addCompute(0, ComputeOp.OTHER, end, 0, i, 0, 0, 0, 0, 0);
        }
        int[] order = new int[0];
        for (int twice = 0; twice < 2; twice++) {
            order = batch.timeOrder(order);
            boolean[] seen = new boolean[n];
            for (int k = 0; k < n; k++) {
                seen[order[k]] = true;
                if (k > 0) {
                    long before = batch.endNanos(order[k - 1]);
                    long end = batch.endNanos(order[k]);
                    assertThat(before < end || before == end && order[k - 1] < order[k])
                            .isTrue();
                }
            }
            assertThat(seen).doesNotContain(false);
        }
    }

    @Test
    void allEventsOfABatchAreAppendedInTheirOrder() {
        EventBatch other = new EventBatch(16);
        EventBatch batch = new EventBatch(16);
        batch.addStep(9, 9, 9, 9, 9, 9, 9);
        for (int i = 0; i < 100; i++) {
            other.addBus(i, BusOp.SEND, Fabric.BUS, 2, 3, 4, 5 + i, 6, 1, 7, 8, 9, 10, 11);
            other.addSample(i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
        }
        batch.addAll(other);
        assertThat(batch.size()).isEqualTo(201);
        for (int i = 0; i < other.size(); i++) {
            assertThat(batch.record(i + 1)).isEqualTo(other.record(i));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void timeOrderIsByEndThenByArrival(long seed) {
        Random random = new Random(seed);
        EventBatch batch = new EventBatch();
        int n = random.nextInt(300);
        for (int i = 0; i < n; i++) {
            batch.addCompute(0, ComputeOp.OTHER, random.nextInt(50) - 25, random.nextInt(3), 0, 0, 0, 0, 0, 0);
        }
        int[] order = batch.timeOrder();
        assertThat(order).hasSize(n).doesNotHaveDuplicates();
        for (int i = 1; i < n; i++) {
            long before = batch.endNanos(order[i - 1]);
            long end = batch.endNanos(order[i]);
            assertThat(before < end || before == end && order[i - 1] < order[i]).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aCopyIsTheEventAtAnotherTime(long seed) {
        Random random = new Random(seed);
        EventBatch from = new EventBatch();
        EventBatch to = new EventBatch();
        for (int i = 0; i < 50; i++) {
            Record event = randomEvent(random);
            add(from, event);
            to.addFrom(from, i, 0);
            assertThat(to.record(i)).isEqualTo(event);
        }
        to.addFrom(from, 0, 7);
        assertThat(to.endNanos(50)).isEqualTo(from.endNanos(0) + 7);
        assertThat(to.durationNanos(50)).isEqualTo(from.durationNanos(0));
    }

    @Test
    void aShiftMovesAFirstTokenButNotAnUnknownOne() {
        EventBatch from = new EventBatch();
        from.add(new RequestEvent(1, 2, 100, 150, 200, 3, 4));
        from.add(new RequestEvent(1, 2, 100, RequestEvent.UNKNOWN_NANOS, 200, 3, 4));
        EventBatch to = new EventBatch();
        to.addFrom(from, 0, 1000);
        to.addFrom(from, 1, 1000);
        assertThat(to.requestEvent(0)).isEqualTo(new RequestEvent(1, 2, 1100, 1150, 1200, 3, 4));
        assertThat(to.requestEvent(1)).isEqualTo(new RequestEvent(1, 2, 1100, RequestEvent.UNKNOWN_NANOS, 1200, 3, 4));
    }

    @Test
    void anEmptyBatchHasAnEmptyOrder() {
        assertThat(new EventBatch().timeOrder()).isEmpty();
    }

    @Test
    void aSpanTooLongToSortIsRefused() {
        EventBatch batch = new EventBatch();
        batch.addCompute(0, ComputeOp.OTHER, 0, 0, 0, 0, 0, 0, 0, 0);
        batch.addCompute(0, ComputeOp.OTHER, Long.MAX_VALUE / 2 + 1, 0, 0, 0, 0, 0, 0, 0);
        assertThatIllegalStateException().isThrownBy(batch::timeOrder).withMessageContaining("events=2");
    }
}
