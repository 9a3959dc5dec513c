package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeEvent;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.event.RequestEvent;
import io.supernode.event.StepEvent;
import java.io.IOException;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameCodecTest {
    private static final FrameHeader HEADER = new FrameHeader(7, 0, 3, 41, 1_000, 2_000, 100, 500);

    @ParameterizedTest
    @EnumSource(EventKind.class)
    void aFrameIsWhatAvroItselfWrites(EventKind kind) throws Exception {
        FrameWriter writer = new FrameWriter(kind);
        FrameReader reader = new FrameReader(kind);
        var encoder = new BinaryMessageEncoder<GenericRecord>(
                GenericData.get(), WireSchema.of(kind).schema());
        var decoder = new BinaryMessageDecoder<GenericRecord>(
                GenericData.get(), WireSchema.of(kind).schema());
        EventBatch back = new EventBatch();
        for (long seed = 0; seed < 1_500; seed++) {
            RandomEvents random = new RandomEvents(seed);
            boolean heartbeat = seed % 10 == 0;
            FrameHeader header = random.header(heartbeat);
            EventBatch events = random.batch(kind, header.baseNanos(), heartbeat ? 0 : random.count(40));

            byte[] frame = FrameRecords.write(writer, header, events);

            GenericRecord asAvro = FrameRecords.generic(kind, header, events);
            byte[] byAvro = new byte[encoder.encode(asAvro).remaining()];
            encoder.encode(asAvro).get(byAvro);
            assertThat(frame).as("seed %d", seed).isEqualTo(byAvro);
            assertThat(decoder.decode(frame, null)).as("seed %d", seed).isEqualTo(asAvro);
            back.clear();
            assertThat(reader.header(frame)).isEqualTo(header);
            assertThat(reader.read(frame, back)).isEqualTo(header);
            assertThat(FrameRecords.records(back)).as("seed %d", seed).isEqualTo(FrameRecords.records(events));
        }
    }

    @Test
    void everyFieldGoesAsFarAsItsTypeAllows() throws Exception {
        long day = EventRules.MAX_DURATION_NANOS;
        roundTrip(
                new ComputeEvent(0, ComputeOp.OTHER, 100, 0, 0, 0, 0, -1, -1, -1),
                new ComputeEvent(
                        Integer.MAX_VALUE,
                        ComputeOp.DECODE,
                        100,
                        0,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE),
                new ComputeEvent(1, ComputeOp.FORWARD, Long.MAX_VALUE - day, day, 1, 1, 1, 0, 0, 0));
        roundTrip(
                new BusEvent(0, BusOp.OTHER, Fabric.UNKNOWN, Integer.MIN_VALUE, 0, -1, 100, 0, 0, -1, -1, -1, -1, -1),
                new BusEvent(
                        Integer.MAX_VALUE,
                        BusOp.CACHE_TRANSFER,
                        Fabric.ETHERNET,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE,
                        Long.MAX_VALUE - day,
                        day,
                        day,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE));
        roundTrip(
                new StepEvent(0, 0, 100, 0, 0, 0, 0),
                new StepEvent(
                        Integer.MAX_VALUE, Integer.MAX_VALUE, 100 - day + 5, day, day, Long.MAX_VALUE, Long.MAX_VALUE));
        roundTrip(
                new RequestEvent(0, 0, 100, -1, 100, 0, 0),
                new RequestEvent(Integer.MAX_VALUE, Long.MAX_VALUE, 100, 150, 150, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    @Test
    void theWriterIsReusableAndForgetsAnUnfinishedFrame() throws Exception {
        EventBatch events = new EventBatch();
        events.addStep(1, 0, 100, 10, 0, 5, 6);
        FrameWriter writer = new FrameWriter(EventKind.STEP);
        byte[] first = FrameRecords.write(writer, HEADER, events);
        writer.begin(0);
        writer.append(events, 0);
        assertThat(writer.eventCount()).isEqualTo(1);
        assertThat(FrameRecords.write(writer, HEADER, events)).isEqualTo(first);
        assertThat(writer.sizeBytes()).isGreaterThan(0);
    }

    @Test
    void sizeBytesIsNeverLessThanTheFrameAndAtMostAHeaderMore() {
        FrameWriter writer = new FrameWriter(EventKind.BUS);
        EventBatch events = new RandomEvents(1).batch(EventKind.BUS, 100, 300);
        writer.begin(100);
        for (int i = 0; i < events.size(); i++) {
            writer.append(events, i);
        }
        int size = writer.sizeBytes();
        assertThat(writer.finish(HEADER).length).isBetween(size - 110, size);
    }

    @Test
    void whatNoReaderAcceptsIsNotWritten() {
        EventBatch events = new EventBatch();
        events.addStep(1, 0, 90, 5, 0, 5, 6);
        events.addStep(1, 0, 100, 5, 6, 5, 6);
        events.addCompute(1, ComputeOp.FORWARD, 100, 5, 0, 0, 0, 0, 0, 0);
        FrameWriter writer = new FrameWriter(EventKind.STEP);
        writer.begin(100);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.append(events, 0))
                .withMessage("must be >= 100: endNanos=95 of event 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.append(events, 1))
                .withMessage("must be 0 to durationNanos=5: waitNanos=6 of event 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.append(events, 2))
                .withMessage("must be STEP: kind=COMPUTE of event 2");
        assertThat(writer.eventCount()).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.finish(new FrameHeader(7, 0, 3, 41, 0, 0, 99, 0)))
                .withMessage("must be 100: baseNanos=99");
        EventBatch good = new EventBatch();
        good.addStep(1, 0, 100, 5, 0, 5, 6);
        writer.append(good, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.finish(new FrameHeader(7, 0, -1, 0, 0, 0, 100, 0)))
                .withMessage("must be 0 in a heartbeat: events=1");
    }

    @Test
    void aFrameOfAnotherKindSaysWhatItIs() {
        byte[] bus = FrameRecords.write(new FrameWriter(EventKind.BUS), HEADER, new EventBatch());
        assertThatThrownBy(() -> new FrameReader(EventKind.COMPUTE).read(bus, new EventBatch()))
                .isInstanceOf(UnreadableException.class)
                .hasMessage("not a readable ComputeFrame at byte 2: it is a BusFrame");
    }

    private static void roundTrip(Record... events) throws UnreadableException, IOException {
        EventBatch batch = FrameRecords.batch(events);
        EventKind kind = batch.kind(0);
        byte[] frame = FrameRecords.write(new FrameWriter(kind), HEADER, batch);
        EventBatch back = new EventBatch();
        assertThat(new FrameReader(kind).read(frame, back)).isEqualTo(HEADER);
        assertThat(FrameRecords.records(back)).containsExactly(events);
        var byAvro = new BinaryMessageEncoder<GenericRecord>(
                        GenericData.get(), WireSchema.of(kind).schema())
                .encode(FrameRecords.generic(kind, HEADER, batch));
        assertThat(byAvro).isEqualTo(java.nio.ByteBuffer.wrap(frame));
    }

    /** "Not measured" is 2^63 - 14 to a driver of cards: it is refused where it enters, and never drawn. */
    @Test
    void aDriversBlankIsNoReading() { // dcgm-exporter 418
        long blank = 9_223_372_036_854_775_794L;
        for (int field = 0; field < 3; field++) {
            EventBatch batch = new EventBatch();
            batch.addSample(
                    0,
                    1_000_000_000,
                    1_000_000_000,
                    0,
                    0,
                    1_500,
                    40_000,
                    300_000,
                    field == 0 ? blank : 1L << 60,
                    field == 1 ? blank : 0,
                    field == 2 ? blank : 0,
                    0,
                    0);
            FrameWriter writer = new FrameWriter(EventKind.SAMPLE);
            writer.begin(0);
            assertThatThrownBy(() -> writer.append(batch, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("must be 0 to 1152921504606846976: ")
                    .hasMessageContaining("=9223372036854775794");
        }
    }
}
