package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventSorterTest {
    /** With few in memory there are runs on disk, and a last one that is not full; what comes out is the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 1_000, 1_001})
    void eventsComeOutInOrderHoweverFewFitIntoMemory(int inMemory) throws IOException {
        EventBatch events = events(1_000);
        List<Record> expected = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            expected.add(events.record(i));
        }
        List<Long> ends = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            ends.add(events.endNanos(i));
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparing(ends::get)); // stable, as ours must be
        try (EventSorter sorter = new EventSorter(EventOrder.END, inMemory)) {
            for (int i = 0; i < events.size(); i++) {
                sorter.add(events, i);
            }

            assertThat(all(sorter)).isEqualTo(order.stream().map(expected::get).toList());
            assertThat(all(sorter)).as("a second time").hasSize(1_000);
            assertThat(sorter.size()).isEqualTo(1_000);
        }
    }

    @Test
    void anEmptyOneGivesNothing() throws IOException {
        try (EventSorter sorter = new EventSorter(EventOrder.START)) {
            assertThat(all(sorter)).isEmpty();
        }
    }

    private static List<Record> all(EventSorter sorter) throws IOException {
        List<Record> found = new ArrayList<>();
        try (EventSorter.Sorted sorted = sorter.sorted()) {
            while (sorted.advance()) {
                found.add(sorted.events().record(sorted.index()));
            }
        }
        return found;
    }

    /** Of all kinds, with every field set to something of its own, and with many equal ends. */
    private static EventBatch events(int count) {
        SplittableRandom random = new SplittableRandom(7);
        EventBatch b = new EventBatch();
        for (int i = 0; i < count; i++) {
            long start = random.nextLong(50);
            long duration = random.nextLong(10);
            switch (i % 4) {
                case 0 -> b.addCompute(i, ComputeOp.DECODE, start, duration, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6);
                case 1 ->
                    b.addBus(
                            i,
                            BusOp.SEND,
                            Fabric.ETHERNET,
                            i + 1,
                            i + 2,
                            i + 3,
                            start,
                            duration,
                            duration / 2,
                            i + 4,
                            -1,
                            i + 5,
                            i + 6,
                            i + 7);
                case 2 -> b.addStep(i, i + 1, start, duration, duration / 3, i + 2, i + 3);
                default -> b.addRequest(i, i + 1, start, start + duration / 2, start + duration, i + 2, i + 3);
            }
        }
        return b;
    }
}
