package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.window.ThroughputWindow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

/** Schemas of yesterday and tomorrow, made from today's: the reader gets along with both as soon as it knows them. */
class EvolutionTest {
    private static final FrameHeader HEADER = Golden.HEADER;

    @Test
    void aFieldThatYesterdayDidNotKnowHasItsDefault() throws Exception {
        Schema yesterday = ofEvents(EventKind.COMPUTE, fields -> without(fields, "hbmBytes"));
        EventBatch events = goldenEvents(EventKind.COMPUTE);
        byte[] frame = written(yesterday, events);

        EventBatch read = new EventBatch();
        FrameReader reader = new FrameReader(EventKind.COMPUTE, List.of(yesterday));
        assertThat(reader.header(frame)).isEqualTo(HEADER);
        assertThat(reader.read(frame, read)).isEqualTo(HEADER);
        assertThat(read.size()).isEqualTo(2);
        assertThat(read.hbmBytes(0)).isZero();
        assertThat(read.megaflops(0)).isEqualTo(events.megaflops(0));
        assertThat(read.endNanos(1)).isEqualTo(events.endNanos(1));
        assertThat(read.stage(1)).isEqualTo(events.stage(1));
    }

    @Test
    void aFieldThatOnlyTomorrowKnowsIsPassedOver() throws Exception {
        Schema tomorrow = ofEvents(EventKind.BUS, fields -> {
            fields.add(3, new Schema.Field("planeIndex", Schema.create(Schema.Type.INT), "A new field.", -1));
            return fields;
        });
        EventBatch events = goldenEvents(EventKind.BUS);
        byte[] frame = written(tomorrow, events);

        EventBatch read = new EventBatch();
        new FrameReader(EventKind.BUS, List.of(tomorrow)).read(frame, read);
        assertThat(FrameRecords.records(read)).isEqualTo(FrameRecords.records(events));
    }

    @Test
    void anOperationThatOnlyTomorrowKnowsIsOther() throws Exception {
        Schema tomorrow = new Schema.Parser()
                .parse(WireSchema.BUS_FRAME.schema().toString().replace("\"BARRIER\",", "\"BARRIER\",\"GOSSIP\","));
        GenericRecord frame = FrameRecords.generic(HEADER, goldenEvents(EventKind.BUS), tomorrow);
        GenericRecord first = (GenericRecord) ((List<?>) frame.get("events")).get(0);
        first.put(
                "op",
                new GenericData.EnumSymbol(first.getSchema().getField("op").schema(), "GOSSIP"));

        EventBatch read = new EventBatch();
        new FrameReader(EventKind.BUS, List.of(tomorrow)).read(encoded(frame), read);
        assertThat(read.busOp(0)).isEqualTo(BusOp.OTHER);
        assertThat(read.busOp(1)).isEqualTo(BusOp.SEND);
    }

    @Test
    void aSchemaThatNobodyToldIsRefusedByItsFingerprint() throws Exception {
        Schema tomorrow = ofEvents(EventKind.COMPUTE, fields -> without(fields, "hbmBytes"));
        byte[] frame = written(tomorrow, goldenEvents(EventKind.COMPUTE));
        assertThatThrownBy(() -> new FrameReader(EventKind.COMPUTE).read(frame, new EventBatch()))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("unknown schema fingerprint");
    }

    @Test
    void whatIsWrongInAnOlderFrameIsFoundAllTheSame() throws Exception {
        Schema yesterday = ofEvents(EventKind.COMPUTE, fields -> without(fields, "hbmBytes"));
        GenericRecord frame = FrameRecords.generic(HEADER, goldenEvents(EventKind.COMPUTE), yesterday);
        ((GenericRecord) ((List<?>) frame.get("events")).get(1)).put("durationNanos", -1L);
        EventBatch into = new EventBatch();
        assertThatThrownBy(() -> new FrameReader(EventKind.COMPUTE, List.of(yesterday)).read(encoded(frame), into))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("durationNanos=-1");
        assertThat(into.size()).isZero();
    }

    @Test
    void windowsOfYesterdayAreRead() throws Exception {
        Schema today = WireSchema.THROUGHPUT_WINDOW.schema();
        Schema yesterday = Schema.createRecord(
                today.getName(),
                today.getDoc(),
                today.getNamespace(),
                false,
                without(copy(today), "unknownSizeEvents"));
        byte[] bytes = encoded(FrameRecords.byName(yesterday, Golden.THROUGHPUT));
        ThroughputWindow window =
                WindowCodec.throughput(bytes, new SingleObject(WireSchema.THROUGHPUT_WINDOW, List.of(yesterday)));
        assertThat(window.unknownSizeEvents()).isZero();
        assertThat(window.key()).isEqualTo(Golden.THROUGHPUT.key());
        assertThat(window.outputTokens()).isEqualTo(Golden.THROUGHPUT.outputTokens());
    }

    @Test
    void aTraceOfYesterdayIsRead() throws Exception {
        Schema yesterday = ofEvents(EventKind.COMPUTE, fields -> without(fields, "hbmBytes"));
        // the branches in another order, and one that is missing
        Schema union = Schema.createUnion(yesterday, WireSchema.REQUEST.schema());
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        EventBatch events = goldenEvents(EventKind.COMPUTE);
        SingleObject.write(FrameRecords.generic(HEADER, events, yesterday), union, block);
        SingleObject.write(FrameRecords.byName(WireSchema.REQUEST.schema(), Golden.REQUEST), union, block);

        TraceBlock trace = new TraceBlock(union);
        trace.open(ByteBuffer.wrap(block.toByteArray()), 2);
        assertThat(trace.next()).isTrue();
        assertThat(trace.kind()).isEqualTo(EventKind.COMPUTE);
        EventBatch read = new EventBatch();
        assertThat(new FrameReader(EventKind.COMPUTE).read(trace.frame(), read)).isEqualTo(HEADER);
        assertThat(read.endNanos(1)).isEqualTo(events.endNanos(1));
        assertThat(read.hbmBytes(1)).isZero();
        assertThat(trace.next()).isTrue();
        assertThat(trace.request()).isEqualTo(Golden.REQUEST);
        assertThat(trace.next()).isFalse();
    }

    private static EventBatch goldenEvents(EventKind kind) {
        return FrameRecords.batch(Golden.events(kind).toArray(Record[]::new));
    }

    private static byte[] written(Schema schema, EventBatch events) throws IOException {
        return encoded(FrameRecords.generic(HEADER, events, schema));
    }

    private static byte[] encoded(GenericRecord record) throws IOException {
        ByteBuffer bytes =
                new BinaryMessageEncoder<GenericRecord>(GenericData.get(), record.getSchema()).encode(record);
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }

    /** Today's frame with other fields in its events. */
    private static Schema ofEvents(EventKind kind, UnaryOperator<List<Schema.Field>> change) {
        Schema frame = WireSchema.of(kind).schema();
        Schema event = frame.getField("events").schema().getElementType();
        Schema changed = Schema.createRecord(
                event.getName(), event.getDoc(), event.getNamespace(), false, change.apply(copy(event)));
        List<Schema.Field> fields = without(copy(frame), "events");
        fields.add(new Schema.Field("events", Schema.createArray(changed), "The events.", List.of()));
        return Schema.createRecord(frame.getName(), frame.getDoc(), frame.getNamespace(), false, fields);
    }

    private static List<Schema.Field> copy(Schema record) {
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : record.getFields()) {
            fields.add(new Schema.Field(field, field.schema()));
        }
        return fields;
    }

    private static List<Schema.Field> without(List<Schema.Field> fields, String name) {
        fields.removeIf(field -> field.name().equals(name));
        return fields;
    }
}
