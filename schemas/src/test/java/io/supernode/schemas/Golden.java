package io.supernode.schemas;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.Cause;
import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.CardSample;
import io.supernode.event.ComputeEvent;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.event.FaultEvent;
import io.supernode.event.FaultKind;
import io.supernode.event.RequestEvent;
import io.supernode.event.StepEvent;
import io.supernode.serving.Request;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.TrafficWindow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** What the golden files hold, version by version; no two fields of a record have the same value. */
final class Golden {
    static final FrameHeader HEADER = new FrameHeader(
            0x1122334455667788L,
            2,
            47,
            12_345,
            1_700_000_000_000_000_000L,
            1_700_000_000_010_000_000L,
            10_000_000,
            20_000_000);
    static final ThroughputWindow THROUGHPUT = new ThroughputWindow(
            -7,
            1,
            Scope.NODE,
            5,
            1_700_000_000_000_000_000L,
            60_000_000_000L,
            10_000_000_000L,
            3,
            101,
            102,
            103,
            104,
            105,
            106,
            107,
            108,
            109,
            110,
            111,
            112,
            113,
            114,
            115,
            116,
            117,
            118,
            119,
            120,
            121,
            122,
            123,
            124);
    static final LatencyWindow LATENCY = new LatencyWindow(
            -7,
            1,
            Scope.SUPERNODE,
            0,
            LatencyMetric.ALL_TO_ALL,
            1_700_000_000_000_000_000L,
            60_000_000_000L,
            1_000_000_000L,
            2,
            9,
            1_234_567,
            0,
            1_000_000,
            new int[] {0, 300, 698},
            new long[] {1, 6, 2});
    static final TrafficWindow TRAFFIC = new TrafficWindow(
            -7,
            1,
            1_700_000_000_000_000_000L,
            60_000_000_000L,
            1_000_000_000L,
            3,
            new int[] {5, 376},
            new int[] {8, 1},
            new int[] {-9, 10},
            new int[] {2, 16},
            new int[] {17, -1},
            new long[] {1_048_576, 9_000_000_000L});
    static final Anomaly ANOMALY = new Anomaly(
            -7,
            1,
            1_700_000_000_000_000_000L,
            12,
            3,
            AnomalyKind.SLOW_LINK,
            Cause.LINK_ERRORS,
            376,
            2,
            17,
            4,
            6,
            60_000_000_000L,
            -1,
            63_000_000_000L,
            1_166_667,
            101,
            102,
            103,
            104,
            105,
            1_650,
            -5_000);
    static final Request REQUEST = new Request(3, 27_482_000_000L, 6_955, 52, new int[] {46, 47, 2_000_000_000});
    static final TraceIndex INDEX =
            new TraceIndex(new long[] {1_700, 300_000, 9_000_000_000L}, new long[] {0, 2_000, 2_000_001}, new long[] {
                Long.MIN_VALUE, 250_000_001, 3_600_000_000_000L
            });

    private Golden() {}

    static List<Record> events(EventKind kind) {
        return switch (kind) {
            case COMPUTE ->
                List.of(
                        new ComputeEvent(376, ComputeOp.FORWARD, 8_000_000, 2_500_000, 0, 70_001, 80_002, 4, 169, 7),
                        new ComputeEvent(
                                383, ComputeOp.BACKWARD, 8_000_001, 5_000_000, 64, 140_001, 160_002, 4, 168, 6));
            case BUS ->
                List.of(
                        new BusEvent(
                                376,
                                BusOp.ALL_REDUCE,
                                Fabric.BUS,
                                -9,
                                16,
                                -1,
                                9_000_000,
                                1_500_000,
                                400_000,
                                1_048_576,
                                1_048_577,
                                4,
                                12,
                                7),
                        new BusEvent(
                                377,
                                BusOp.SEND,
                                Fabric.ETHERNET,
                                10,
                                2,
                                11,
                                9_000_000,
                                1_500_000,
                                0,
                                -1,
                                -1,
                                -1,
                                -1,
                                -1));
            case STEP ->
                List.of(
                        new StepEvent(376, 4, -70_000_000, 87_000_000, 1_000_000, 10_922, 123_456_789_012L),
                        new StepEvent(377, 4, -70_000_000, 87_000_001, 1_000_002, 10_923, 123_456_789_013L));
            case REQUEST ->
                List.of(
                        new RequestEvent(376, 21, 1_000_000, 2_000_000, 11_000_000, 6_955, 52),
                        new RequestEvent(377, 22, 1_500_000, -1, 12_000_000, 7, 8));
            case SAMPLE ->
                List.of(
                        new CardSample(
                                376,
                                17_000_000,
                                1_000_000_000,
                                737_000,
                                210_001,
                                1_650,
                                61_500,
                                915_250,
                                51_234_567_890L,
                                65_000_000_001L,
                                65_000_000_002L,
                                3,
                                0b100_0001),
                        new CardSample(377, 17_000_001, 999_999_999, 0, 1_000_000, 0, -1_500, 0, 1, 2, 0, 0, 0));
            case FAULT ->
                List.of(
                        new FaultEvent(376, 17_000_000, 0, 5, FaultKind.SLOW_CARD, true, 1, -1, -1, 1_500_000),
                        new FaultEvent(
                                377, 17_000_002, 9_000_000_000L, 4, FaultKind.LANE_DOWN, false, 2, 6, 7, 142_857));
        };
    }

    /** The throughput window as a version of the schema could say it: what it did not know yet is 0. */
    static ThroughputWindow throughput(int version) {
        ThroughputWindow w = THROUGHPUT;
        if (version == 3) {
            return w;
        }
        boolean first = version == 1;
        return new ThroughputWindow(
                w.run(),
                w.supernode(),
                w.scope(),
                w.entity(),
                w.originEpochNanos(),
                w.startNanos(),
                w.lengthNanos(),
                w.revision(),
                w.computeEvents(),
                w.busEvents(),
                w.stepEvents(),
                w.requestEvents(),
                w.lateEvents(),
                w.computeNanos(),
                w.transitNanos(),
                w.waitNanos(),
                w.tokens(),
                w.megaflops(),
                w.hbmBytes(),
                w.sentBytes(),
                w.receivedBytes(),
                w.unknownSizeEvents(),
                w.stepTokens(),
                w.stepMegaflops(),
                w.stepNanos(),
                w.inputTokens(),
                w.outputTokens(),
                first ? 0 : w.sampleEvents(),
                first ? 0 : w.faultEvents(),
                first ? 0 : w.energyMillijoules(),
                first ? 0 : w.linkErrors(),
                0);
    }

    /** The bytes that a version of a schema wrote, as committed. */
    static byte[] bytes(WireSchema wire, int version) {
        return HexFormat.of()
                .parseHex(text(wire.recordName() + "." + version + ".hex").replaceAll("\\s", ""));
    }

    static String text(String file) {
        try (InputStream in = Golden.class.getResourceAsStream("golden/" + file)) {
            if (in == null) {
                throw new IllegalStateException(
                        "no golden file: src/test/resources/io/supernode/schemas/golden/" + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
