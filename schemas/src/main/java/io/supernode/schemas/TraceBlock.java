package io.supernode.schemas;

import io.supernode.event.EventKind;
import io.supernode.serving.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Walks the records of one block of a trace file, as {@code DataFileReader.nextBlock()} gives it. Frames come out as
 * they would come from a topic, copied and not decoded; blocks of a file with older schemas are rewritten into today's
 * first. Reusable, not thread-safe.
 *
 * <pre>{@code
 * block.open(file.nextBlock(), file.getBlockCount());
 * while (block.next()) {
 *     if (block.isRequest()) use(block.request());
 *     else if (block.isIndex()) use(block.index());
 *     else use(block.kind(), block.frame());
 * }
 * }</pre>
 */
public final class TraceBlock {
    private static final int REQUEST = TraceSchemas.branch(WireSchema.REQUEST);
    private static final int INDEX = TraceSchemas.branch(WireSchema.TRACE_INDEX);

    private final Schema fileSchema;
    private final boolean isCurrent;
    private final AvroInput in = new AvroInput("trace record");
    private byte[] bytes = {};
    private long left;
    private int branch = -1;
    private int bodyAt;
    private Request request;
    private TraceIndex index;

    /** @param fileSchema the schema that the file names in its header */
    public TraceBlock(Schema fileSchema) {
        this.fileSchema = fileSchema;
        this.isCurrent = TraceSchemas.isReadAsItIs(fileSchema);
    }

    /**
     * Starts with a block of {@code records} records.
     *
     * @throws UnreadableException where an older block does not decode
     */
    public void open(ByteBuffer block, long records) throws UnreadableException {
        bytes = new byte[block.remaining()];
        block.duplicate().get(bytes);
        left = records;
        branch = -1;
        if (!isCurrent) {
            bytes = rewritten(records);
        }
        in.over(bytes, 0, bytes.length);
    }

    /**
     * Goes to the next record; false after the last.
     *
     * @throws UnreadableException where the bytes are no record of a trace
     */
    public boolean next() throws UnreadableException {
        if (left == 0) {
            in.requireEnd();
            branch = -1;
            return false;
        }
        branch = in.readEnum("kind of record", TraceSchemas.branchCount());
        bodyAt = in.offset();
        if (isRequest()) {
            request = TraceSchemas.request(in);
        } else if (isIndex()) {
            index = TraceSchemas.index(in);
        } else {
            FrameLayout.skip(kind(), in);
        }
        left--;
        return true;
    }

    public boolean isRequest() {
        return branch == REQUEST;
    }

    public boolean isIndex() {
        return branch == INDEX;
    }

    /** The request at hand. */
    public Request request() {
        if (!isRequest()) {
            throw new IllegalStateException("the record at hand is no request");
        }
        return request;
    }

    /** The index at hand. */
    public TraceIndex index() {
        if (!isIndex()) {
            throw new IllegalStateException("the record at hand is no index");
        }
        return index;
    }

    /** Kind of the frame at hand. */
    public EventKind kind() {
        EventKind kind = branch < 0 ? null : TraceSchemas.kindAt(branch);
        if (kind == null) {
            throw new IllegalStateException("the record at hand is no frame");
        }
        return kind;
    }

    /** The frame at hand, as {@link FrameReader} reads it. */
    public byte[] frame() {
        return TraceSchemas.frame(kind(), bytes, bodyAt, in.offset());
    }

    private byte[] rewritten(long records) throws UnreadableException {
        GenericDatumReader<Object> reader = new GenericDatumReader<>(fileSchema, TraceSchemas.union());
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
        try {
            for (long i = 0; i < records; i++) {
                SingleObject.write(reader.read(null, decoder), TraceSchemas.union(), out);
            }
            if (!decoder.isEnd()) {
                throw new UnreadableException("not a readable trace block: bytes after its " + records + " records");
            }
        } catch (IOException | RuntimeException e) { // Avro answers garbage with several kinds of the latter
            throw new UnreadableException("not a readable trace record of an older version: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }
}
