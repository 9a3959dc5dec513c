package io.supernode.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventDigestTest {
    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOrderOfEventsDoesNotMatter(long seed) {
        Random random = new Random(seed);
        List<Record> events = events(random, 100);
        String before = digest(events).hex();
        Collections.shuffle(events, random);
        assertThat(digest(events).hex()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void digestsOfPartsAddUpToTheWhole(long seed) {
        Random random = new Random(seed);
        List<Record> events = events(random, 100);
        int cut = random.nextInt(101);
        EventDigest parts = digest(events.subList(cut, 100));
        parts.merge(digest(events.subList(0, cut)));
        assertThat(parts.count()).isEqualTo(100);
        assertThat(parts.hex()).isEqualTo(digest(events).hex());
    }

    @Test
    void everyFieldOfEveryKindCounts() {
        List<Record> variants = new ArrayList<>();
        for (long[] c : oneUp(10)) {
            variants.add(new ComputeEvent(
                    (int) c[0],
                    ComputeOp.values()[(int) c[1]],
                    c[2],
                    c[3],
                    c[4],
                    c[5],
                    c[6],
                    (int) c[7],
                    (int) c[8],
                    (int) c[9]));
        }
        for (long[] c : oneUp(14)) {
            variants.add(new BusEvent(
                    (int) c[0],
                    BusOp.values()[(int) c[1]],
                    Fabric.values()[(int) c[2]],
                    (int) c[3],
                    (int) c[4],
                    (int) c[5],
                    c[6],
                    c[7],
                    c[8],
                    c[9],
                    c[10],
                    (int) c[11],
                    (int) c[12],
                    (int) c[13]));
        }
        for (long[] c : oneUp(7)) {
            variants.add(new StepEvent((int) c[0], (int) c[1], c[2], c[3], c[4], c[5], c[6]));
        }
        for (long[] c : oneUp(7)) {
            variants.add(new RequestEvent((int) c[0], c[1], c[2], c[3], c[4], c[5], c[6]));
        }
        for (long[] c : oneUp(13)) {
            variants.add(new CardSample(
                    (int) c[0],
                    c[1],
                    c[2],
                    (int) c[3],
                    (int) c[4],
                    (int) c[5],
                    (int) c[6],
                    c[7],
                    c[8],
                    c[9],
                    c[10],
                    (int) c[11],
                    (int) c[12]));
        }
        for (long[] c : oneUp(10)) {
            variants.add(new FaultEvent(
                    (int) c[0],
                    c[1],
                    c[2],
                    c[3],
                    FaultKind.values()[(int) c[4]],
                    c[5] == 1,
                    (int) c[6],
                    (int) c[7],
                    (int) c[8],
                    (int) c[9]));
        }
        Set<String> digests = new HashSet<>();
        for (Record variant : variants) {
            digests.add(digest(List.of(variant)).hex());
        }
        assertThat(digests).hasSameSizeAs(variants);
    }

    @Test
    void anEventTwiceIsNotTheEventOnceNorNone() {
        Record event = new StepEvent(0, 0, 0, 0, 0, 0, 0);
        assertThat(Set.of(
                        digest(List.of()).hex(),
                        digest(List.of(event)).hex(),
                        digest(List.of(event, event)).hex()))
                .hasSize(3);
    }

    /** Fields all 1, then each of them 2 in turn. */
    private static List<long[]> oneUp(int fields) {
        List<long[]> variants = new ArrayList<>();
        for (int up = -1; up < fields; up++) {
            long[] values = new long[fields];
            for (int i = 0; i < fields; i++) {
                values[i] = i == up ? 2 : 1;
            }
            variants.add(values);
        }
        return variants;
    }

    private static List<Record> events(Random random, int n) {
        List<Record> events = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            events.add(EventBatchTest.randomEvent(random));
        }
        return events;
    }

    private static EventDigest digest(List<Record> events) {
        EventBatch batch = new EventBatch();
        EventDigest digest = new EventDigest();
        for (Record event : events) {
            EventBatchTest.add(batch, event);
        }
        for (int i = 0; i < batch.size(); i++) {
            digest.add(batch, i);
        }
        return digest;
    }
}
