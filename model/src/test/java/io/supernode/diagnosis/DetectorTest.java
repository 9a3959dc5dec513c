package io.supernode.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import io.supernode.window.PartialReader;
import io.supernode.window.PartialWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Four stages of four cards each, which do ten passes of 60 ms a second, reduce over their stage in 10 ms, and tell their
 * gauges. Everything varies by 1 %.
 */
class DetectorTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int CARDS = 16;
    private static final int PASSES = 10;

    /** What happens in a second, to be changed by a test. */
    private static class Second {
        final double[] slowness = new double[CARDS];
        final double[] transit = new double[CARDS];
        final boolean[] isSilent = new boolean[CARDS];
        final int[] planesDown = new int[CARDS];
        final int[] linkErrors = new int[CARDS];
        final int[] megahertz = new int[CARDS];
        final int[] millicelsius = new int[CARDS];
        double variation = 0.01;
        boolean standsStill;

        Second() {
            Arrays.fill(slowness, 1);
            Arrays.fill(transit, 1);
            Arrays.fill(megahertz, 1500);
            Arrays.fill(millicelsius, 60_000);
        }
    }

    private interface Story {
        void tell(int second, Second now);
    }

    private static EventBatch events(int second, Second now, Random random) {
        EventBatch batch = new EventBatch();
        for (int card = 0; card < CARDS; card++) {
            double own = now.slowness[card] * (1 + now.variation * random.nextGaussian());
            for (int pass = 0; pass < PASSES && !now.standsStill; pass++) {
                long begin = second * SECOND + pass * (SECOND / PASSES);
                double uneven =
                        now.variation > 0.05 ? 1 + now.variation * random.nextGaussian() : own / now.slowness[card];
                long compute = Math.round(60e6 * now.slowness[card] * uneven);
                long transit = Math.round(10e6 * now.transit[card] * (1 + 0.01 * random.nextGaussian()));
                if (!now.isSilent[card]) {
                    batch.addCompute(card, ComputeOp.FORWARD, begin, compute, 1, 1 << 20, 1, 0, pass, card / 4);
                    batch.addBus(
                            card,
                            BusOp.ALL_REDUCE,
                            Fabric.BUS,
                            card / 4,
                            4,
                            -1,
                            begin + compute,
                            transit,
                            0,
                            1 << 20,
                            1 << 20,
                            0,
                            pass,
                            card / 4);
                }
            }
            if (!now.isSilent[card]) {
                batch.addSample(
                        card,
                        (second + 1) * SECOND - 1,
                        SECOND,
                        600_000,
                        1,
                        now.megahertz[card],
                        now.millicelsius[card],
                        1,
                        1,
                        1,
                        1,
                        now.linkErrors[card],
                        now.planesDown[card]);
            }
        }
        return batch;
    }

    private static List<Anomaly> found(int seconds, Story story) {
        InMemoryDiagnosis diagnosis = new InMemoryDiagnosis(1, 0, 0);
        Random random = new Random(7);
        for (int second = 0; second < seconds; second++) {
            Second now = new Second();
            story.tell(second, now);
            diagnosis.fold(0, events(second, now, random));
            diagnosis.advance((second + 1) * SECOND);
        }
        return diagnosis.anomalies();
    }

    private static boolean during(int second, int from, int to) {
        return second >= from && second < to;
    }

    @Test
    void nothingIsFoundWhereNothingIsWrong() {
        assertThat(found(300, (second, now) -> {})).isEmpty();
    }

    @Test
    void aCardThatComputesLongerThanItsPeersIsSlow() {
        List<Anomaly> found = found(40, (second, now) -> now.slowness[6] = during(second, 10, 20) ? 1.3 : 1);
        assertThat(found).singleElement().satisfies(a -> {
            assertThat(a.kind()).isEqualTo(AnomalyKind.SLOW_CARD);
            assertThat(a.card()).isEqualTo(6);
            assertThat(a.stage()).isEqualTo(1);
            assertThat(a.startNanos()).isEqualTo(10 * SECOND);
            assertThat(a.endNanos()).isEqualTo(20 * SECOND);
            assertThat(a.detectedNanos()).isLessThanOrEqualTo(12 * SECOND);
            assertThat(a.severityPpm()).isBetween(1_270_000L, 1_330_000L);
            assertThat(a.cause()).isEqualTo(Cause.CARD);
        });
    }

    @Test
    void heatAndALowClockAreToldApart() {
        List<Anomaly> found = found(20, (second, now) -> {
            now.slowness[2] = 1.3;
            now.megahertz[2] = 1150;
            now.millicelsius[2] = 85_000;
            now.slowness[9] = 1.3;
            now.megahertz[9] = 1150;
        });
        assertThat(found).extracting(Anomaly::card).containsExactly(2, 9);
        assertThat(found).extracting(Anomaly::cause).containsExactly(Cause.HEAT, Cause.LOW_CLOCK);
    }

    @Test
    void aStageThatIsLongAsAWholeIsNotFourSlowCards() {
        List<Anomaly> found = found(30, (second, now) -> {
            for (int card = 12; card < 16 && second >= 10; card++) {
                now.slowness[card] = 1.4;
            }
        });
        assertThat(found).singleElement().satisfies(a -> {
            assertThat(a.kind()).isEqualTo(AnomalyKind.STAGE_IMBALANCE);
            assertThat(a.stage()).isEqualTo(3);
            assertThat(a.lasts()).isTrue();
        });
    }

    @Test
    void workThatVariesEverywhereIsNobodysFault() {
        List<Anomaly> found = found(40, (second, now) -> now.variation = second >= 15 ? 0.15 : 0.01);
        assertThat(found).extracting(Anomaly::kind).containsExactly(AnomalyKind.SEQUENCE_IMBALANCE);
    }

    @Test
    void aPlaneThatIsDownAndErrorsNameTheCard() {
        List<Anomaly> found = found(30, (second, now) -> {
            now.planesDown[5] = during(second, 10, 14) ? 1 << 3 : 0;
            now.linkErrors[11] = during(second, 12, 20) ? 400 : 0;
        });
        assertThat(found).extracting(Anomaly::kind).containsExactly(AnomalyKind.SLOW_LINK, AnomalyKind.SLOW_LINK);
        assertThat(found).extracting(Anomaly::card).containsExactly(5, 11);
        assertThat(found).extracting(Anomaly::cause).containsExactly(Cause.LINK_DOWN, Cause.LINK_ERRORS);
        assertThat(found.get(0).plane()).isEqualTo(3);
        assertThat(found.get(1).linkErrors()).isEqualTo(8 * 400);
    }

    @Test
    void silenceWithStandstillIsALostCardAndSilenceAloneIsMissingTelemetry() {
        List<Anomaly> lost = found(30, (second, now) -> {
            now.isSilent[5] = during(second, 10, 20);
            now.standsStill = during(second, 10, 20);
        });
        assertThat(lost).singleElement().satisfies(a -> {
            assertThat(a.kind()).isEqualTo(AnomalyKind.LOST_CARD);
            assertThat(a.card()).isEqualTo(5);
            assertThat(a.endNanos()).isEqualTo(20 * SECOND);
        });
        List<Anomaly> missing = found(30, (second, now) -> now.isSilent[5] = during(second, 10, 20));
        assertThat(missing).singleElement().satisfies(a -> {
            assertThat(a.kind()).isEqualTo(AnomalyKind.MISSING_TELEMETRY);
            assertThat(a.card()).isEqualTo(5);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void partsInAnyOrderAndARestartInBetweenChangeNothing(long seed) throws IOException {
        Story story = (second, now) -> {
            now.slowness[6] = during(second, 10, 20) ? 1.3 : 1;
            now.isSilent[3] = during(second, 15, 25);
        };
        List<Anomaly> whole = found(40, story);

        Random random = new Random(7);
        Random shuffle = new Random(seed);
        Map<Long, Anomaly> anomalies = new TreeMap<>();
        Detector detector = new Detector();
        for (int second = 0; second < 40; second++) {
            Second now = new Second();
            story.tell(second, now);
            EventBatch events = events(second, now, random);
            EvidenceFolder[] parts = {new EvidenceFolder(), new EvidenceFolder(), new EvidenceFolder()};
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < events.size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, shuffle);
            for (int i : order) {
                EventBatch one = new EventBatch();
                one.addFrom(events, i, 0);
                parts[shuffle.nextInt(parts.length)].fold(0, one, Long.MIN_VALUE);
            }
            SliceEvidence slice = new SliceEvidence();
            PartialReader reader = new PartialReader();
            for (EvidenceFolder part : parts) {
                part.flushAll((number, bytes) -> {
                    reader.open(bytes);
                    slice.mergeFrom(reader);
                });
            }
            for (Anomaly a : detector.slice(new Detector.Subject(1, 0, 0, 0), second, slice)) {
                anomalies.put(a.anomaly(), a);
            }
            ByteArrayOutputStream stored = new ByteArrayOutputStream();
            detector.write(new DataOutputStream(stored));
            detector = Detector.read(new DataInputStream(new ByteArrayInputStream(stored.toByteArray())));
        }
        assertThat(new ArrayList<>(anomalies.values())).isEqualTo(whole).hasSize(2);
    }

    @Test
    void theTruthIsNoEvidence() {
        EventBatch truth = new EventBatch();
        truth.addFault(3, SECOND / 2, 0, 0, FaultKind.SLOW_CARD, true, 1, -1, -1, 1_500_000);
        SliceEvidence slice = new SliceEvidence();
        slice.add(0, truth, 0);
        assertThat(slice.isEmpty()).isTrue();
        assertThat(slice.toBytes(new PartialWriter())).hasSize(2); // version and no card
    }
}
