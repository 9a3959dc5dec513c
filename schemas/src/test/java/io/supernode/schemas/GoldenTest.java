package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bytes of every version that was ever written stay readable; today's version still writes today's bytes. */
class GoldenTest {
    @ParameterizedTest
    @EnumSource(EventKind.class)
    void framesOfEveryVersionAreRead(EventKind kind) throws Exception {
        WireSchema wire = WireSchema.of(kind);
        for (int version = 1; version <= wire.versions().size(); version++) {
            EventBatch events = new EventBatch();
            FrameHeader header = new FrameReader(kind).read(Golden.bytes(wire, version), events);
            assertThat(header).isEqualTo(Golden.HEADER);
            assertThat(FrameRecords.records(events)).isEqualTo(Golden.events(kind));
        }
    }

    @ParameterizedTest
    @EnumSource(EventKind.class)
    void todaysFramesAreTodaysBytes(EventKind kind) {
        EventBatch events = FrameRecords.batch(Golden.events(kind).toArray(Record[]::new));
        assertBytes(WireSchema.of(kind), FrameRecords.write(new FrameWriter(kind), Golden.HEADER, events));
    }

    @Test
    void windowsOfEveryVersionAreRead() throws Exception {
        for (int v = 1; v <= WireSchema.THROUGHPUT_WINDOW.versions().size(); v++) {
            assertThat(WindowCodec.throughput(Golden.bytes(WireSchema.THROUGHPUT_WINDOW, v)))
                    .isEqualTo(Golden.throughput(v));
        }
        for (int v = 1; v <= WireSchema.LATENCY_WINDOW.versions().size(); v++) {
            assertThat(WindowCodec.latency(Golden.bytes(WireSchema.LATENCY_WINDOW, v)))
                    .usingRecursiveComparison()
                    .isEqualTo(Golden.LATENCY);
        }
    }

    @Test
    void todaysWindowsAreTodaysBytes() {
        assertBytes(WireSchema.THROUGHPUT_WINDOW, WindowCodec.encode(Golden.THROUGHPUT));
        assertBytes(WireSchema.LATENCY_WINDOW, WindowCodec.encode(Golden.LATENCY));
    }

    @Test
    void trafficOfEveryVersionIsReadAndTodaysIsTodaysBytes() throws Exception {
        for (int v = 1; v <= WireSchema.TRAFFIC_WINDOW.versions().size(); v++) {
            assertThat(TrafficCodec.decode(Golden.bytes(WireSchema.TRAFFIC_WINDOW, v)))
                    .usingRecursiveComparison()
                    .isEqualTo(Golden.TRAFFIC);
        }
        assertBytes(WireSchema.TRAFFIC_WINDOW, TrafficCodec.encode(Golden.TRAFFIC));
    }

    @Test
    void anomaliesOfEveryVersionAreReadAndTodaysAreTodaysBytes() throws Exception {
        for (int v = 1; v <= WireSchema.ANOMALY.versions().size(); v++) {
            assertThat(AnomalyCodec.decode(Golden.bytes(WireSchema.ANOMALY, v))).isEqualTo(Golden.ANOMALY);
        }
        assertBytes(WireSchema.ANOMALY, AnomalyCodec.encode(Golden.ANOMALY));
    }

    @Test
    void todaysRequestIsTodaysBytes() {
        assertBytes(WireSchema.REQUEST, TraceSchemas.encoded(Golden.REQUEST).array());
    }

    @Test
    void todaysIndexIsTodaysBytes() {
        assertBytes(WireSchema.TRACE_INDEX, TraceSchemas.encoded(Golden.INDEX).array());
    }

    /**
     * One frame by hand. C3 01 and the fingerprint; then zigzag numbers, least significant seven bits first.
     * 2 is 04; 47 is 94 = 5E; 12345 is 24690 = 1·2^14 + 64·2^7 + 114 = F2 C0 01; node, sequence as said; two events is
     * 04. The first step ends at 17 ms, 7 ms after the base: 14,000,000 = 6·2^21 + 86·2^14 + 63·2^7 + 0 = 80 BF D6 06.
     * The second ends 1 ns later: 02.
     */
    @Test
    void aStepFrameByHand() {
        String hex = HexFormat.of().withUpperCase().formatHex(Golden.bytes(WireSchema.STEP_FRAME, 1));
        assertThat(hex).startsWith("C301").matches("C301.{16}.{18,20}045EF2C001.*");
        // card 376 = 752 zigzag = F0 05; step 4 = 08; end
        assertThat(hex).contains("04" + "F00508" + "80BFD606");
        // card 377 = 754 zigzag = F2 05; step 4 = 08; end
        assertThat(hex).contains("F20508" + "02");
        assertThat(hex).endsWith("00");
    }

    private static void assertBytes(WireSchema wire, byte[] bytes) {
        assertThat(HexFormat.of().formatHex(bytes))
                .as("%s.%d.hex", wire.recordName(), wire.versions().size())
                .isEqualTo(HexFormat.of()
                        .formatHex(Golden.bytes(wire, wire.versions().size())));
    }
}
