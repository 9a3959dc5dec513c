package io.supernode.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of many partitions, back in the order in which they were sent. */
class FrameMergeTest {
    private static final int PARTITIONS = 3;

    private final List<FrameHeader> out = new ArrayList<>();

    private static FrameHeader frame(int node, long sequence, long throughNanos) {
        return new FrameHeader(1, 0, node, sequence, 0, 0, throughNanos, throughNanos);
    }

    private void take(EventKind kind, FrameHeader header, byte[] frame) {
        out.add(header);
    }

    @Test
    void aFrameWaitsUntilEveryPartitionIsPastItsTick() {
        FrameMerge merge = new FrameMerge(2, Long.MAX_VALUE);
        merge.add(0, EventKind.BUS, frame(0, 0, 10), new byte[1]);
        merge.add(0, EventKind.BUS, frame(0, 1, 20), new byte[1]);
        merge.drain(this::take);
        assertThat(out).as("the other partition has told nothing").isEmpty();

        merge.add(1, EventKind.BUS, frame(FrameHeader.HEARTBEAT, 0, 10), new byte[1]);
        merge.drain(this::take);
        assertThat(out).as("another node's frame of the tick at 10 may follow").isEmpty();

        merge.add(1, EventKind.BUS, frame(1, 0, 20), new byte[1]);
        merge.drain(this::take);
        assertThat(out).containsExactly(frame(0, 0, 10));
        merge.drainAll(this::take);
        assertThat(out).containsExactly(frame(0, 0, 10), frame(0, 1, 20), frame(1, 0, 20));
    }

    @Test
    void whatWaitsForASilentPartitionIsBounded() {
        FrameMerge merge = new FrameMerge(2, 1_000);
        for (int i = 0; i < 100; i++) {
            merge.add(0, EventKind.BUS, frame(0, i, i), new byte[100]);
            merge.drain(this::take);
        }
        assertThat(out).hasSize(90); // 10 of 100 bytes may wait
        merge.end(1);
        merge.end(0);
        merge.drain(this::take);
        assertThat(out).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void howeverPartitionsAreReadTheOrderIsThatOfSending(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<FrameHeader>> partitions = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            partitions.add(new ArrayList<>());
        }
        List<FrameHeader> sent = new ArrayList<>();
        long[] sequences = new long[8];
        for (long tick = 0; tick < 200; tick++) {
            for (int node = 0; node < 8; node++) {
                for (int n = random.nextInt(3); n > 0; n--) {
                    FrameHeader header = frame(node, sequences[node]++, tick * 10);
                    sent.add(header);
                    partitions.get(node % PARTITIONS).add(header);
                }
            }
            FrameHeader heartbeat = frame(FrameHeader.HEARTBEAT, 0, tick * 10 + 10);
            partitions.forEach(p -> p.add(heartbeat));
        }
        FrameMerge merge = new FrameMerge(PARTITIONS, Long.MAX_VALUE);
        int[] read = new int[PARTITIONS];
        for (int left = partitions.stream().mapToInt(List::size).sum(); left > 0; ) {
            int p = random.nextInt(PARTITIONS);
            for (int n = random.nextInt(50);
                    n > 0 && read[p] < partitions.get(p).size();
                    n--, left--) {
                merge.add(p, EventKind.STEP, partitions.get(p).get(read[p]++), new byte[1]);
            }
            merge.drain(this::take);
        }
        assertThat(out).containsExactlyElementsOf(sent);
    }
}
