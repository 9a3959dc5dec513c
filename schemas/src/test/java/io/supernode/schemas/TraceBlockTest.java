package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.serving.Request;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

class TraceBlockTest {
    private static final int KINDS = EventKind.values().length;

    /** 500 records, requests and frames of all kinds, in blocks of a few kilobytes, through Avro's own file format. */
    @Test
    void whatWentIntoAFileComesOutUnchanged() throws Exception {
        List<Object> sent = new ArrayList<>();
        byte[] file = file(sent);
        List<Object> read = new ArrayList<>();
        try (var reader = new DataFileReader<>(new SeekableByteArrayInput(file), new GenericDatumReader<>())) {
            TraceBlock block = new TraceBlock(reader.getSchema());
            int blocks = 0;
            while (reader.hasNext()) {
                var bytes = reader.nextBlock();
                block.open(bytes, reader.getBlockCount());
                while (block.next()) {
                    read.add(block.isRequest() ? block.request() : block.frame());
                }
                blocks++;
            }
            assertThat(blocks).isGreaterThan(3);
        }
        assertThat(read).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(read.get(i)).as("record %d", i).isEqualTo(sent.get(i));
        }
    }

    @Test
    void avroItselfReadsTheFile() throws Exception {
        List<Object> sent = new ArrayList<>();
        byte[] file = file(sent);
        int i = 0;
        try (var reader = new DataFileReader<GenericRecord>(
                new SeekableByteArrayInput(file), new GenericDatumReader<GenericRecord>())) {
            for (GenericRecord record : reader) {
                if (sent.get(i) instanceof Request request) {
                    assertThat(record).isEqualTo(FrameRecords.byName(WireSchema.REQUEST.schema(), request));
                } else {
                    EventKind kind = EventKind.values()[i % (KINDS + 1)];
                    EventBatch events = new EventBatch();
                    FrameHeader header = new FrameReader(kind).read((byte[]) sent.get(i), events);
                    assertThat(record).isEqualTo(FrameRecords.generic(kind, header, events));
                }
                i++;
            }
        }
        assertThat(i).isEqualTo(sent.size());
    }

    /** Branches are added at the end: files from before have the same bytes, and are not written again to be read. */
    @Test
    void aFileFromBeforeABranchWasAddedIsReadAsItIs() throws Exception {
        Schema before = Schema.createUnion(TraceSchemas.union().getTypes().subList(0, 5));
        Schema reordered = Schema.createUnion(
                TraceSchemas.union().getTypes().get(1),
                TraceSchemas.union().getTypes().get(0));
        assertThat(TraceSchemas.isReadAsItIs(TraceSchemas.union())).isTrue();
        assertThat(TraceSchemas.isReadAsItIs(before)).isTrue();
        assertThat(TraceSchemas.isReadAsItIs(reordered)).isFalse();

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SingleObject.write(FrameRecords.byName(WireSchema.REQUEST.schema(), Golden.REQUEST), before, out);
        TraceBlock block = new TraceBlock(before);
        block.open(ByteBuffer.wrap(out.toByteArray()), 1);
        assertThat(block.next()).isTrue();
        assertThat(block.request()).isEqualTo(Golden.REQUEST);
    }

    @Test
    void aFrameThatWouldSpoilTheFileIsNotTaken() {
        byte[] frame = FrameRecords.write(
                new FrameWriter(EventKind.BUS), Golden.HEADER, new RandomEvents(1).batch(EventKind.BUS, 10_000_000, 3));
        byte[] cut = java.util.Arrays.copyOf(frame, frame.length - 1);
        byte[] longer = java.util.Arrays.copyOf(frame, frame.length + 1);
        assertThatThrownBy(() -> TraceSchemas.encoded(EventKind.BUS, cut)).isInstanceOf(UnreadableException.class);
        assertThatThrownBy(() -> TraceSchemas.encoded(EventKind.BUS, longer)).isInstanceOf(UnreadableException.class);
        assertThatThrownBy(() -> TraceSchemas.encoded(EventKind.STEP, frame))
                .isInstanceOf(UnreadableException.class)
                .hasMessage("not a readable StepFrame at byte 2: it is a BusFrame");
    }

    private static byte[] file(List<Object> sent) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RandomEvents random = new RandomEvents(42);
        try (var writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
            writer.setSyncInterval(4_096);
            writer.create(TraceSchemas.union(), out);
            for (int i = 0; i < 500; i++) {
                if (i % (KINDS + 1) == KINDS) {
                    Request request = new Request(
                            i, random.upTo(Long.MAX_VALUE), random.upTo(Long.MAX_VALUE), i, new int[random.count(5)]);
                    sent.add(request);
                    writer.appendEncoded(TraceSchemas.encoded(request));
                } else {
                    EventKind kind = EventKind.values()[i % (KINDS + 1)];
                    FrameHeader header = random.header(false);
                    byte[] frame = FrameRecords.write(
                            new FrameWriter(kind), header, random.batch(kind, header.baseNanos(), random.count(9)));
                    sent.add(frame);
                    writer.appendEncoded(TraceSchemas.encoded(kind, frame));
                }
            }
        }
        return out.toByteArray();
    }
}
