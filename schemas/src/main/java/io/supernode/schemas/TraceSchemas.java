package io.supernode.schemas;

import io.supernode.event.EventKind;
import io.supernode.serving.Request;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * What a trace file holds: requests and frames, and at its end an index, as one Avro union, so that any Avro tool reads
 * it. A frame is the same bytes there as on the wire, with the union's branch in place of the single-object header: recording and replaying
 * copy, they do not encode again. {@link TraceBlock} reads what is written here.
 */
public final class TraceSchemas {
    private static final List<WireSchema> BRANCHES = List.of(
            WireSchema.REQUEST,
            WireSchema.COMPUTE_FRAME,
            WireSchema.BUS_FRAME,
            WireSchema.STEP_FRAME,
            WireSchema.REQUEST_FRAME,
            WireSchema.SAMPLE_FRAME,
            WireSchema.FAULT_FRAME,
            WireSchema.TRACE_INDEX);
    private static final Schema UNION =
            Schema.createUnion(BRANCHES.stream().map(WireSchema::schema).toList());

    private static final Map<EventKind, SingleObject> FRAMES = new EnumMap<>(EventKind.class);
    private static final EventKind[] KINDS = new EventKind[BRANCHES.size()];

    static {
        for (EventKind kind : EventKind.values()) {
            KINDS[branch(kind)] = kind;
            FRAMES.put(kind, new SingleObject(WireSchema.of(kind)));
        }
    }

    private TraceSchemas() {}

    /** The schema of a trace file's records, in today's version. */
    public static Schema union() {
        return UNION;
    }

    /**
     * Whether records of that schema have the same bytes in today's: its branches are the first of today's, which have
     * been added to since.
     */
    static boolean isReadAsItIs(Schema fileSchema) {
        return fileSchema.getType() == Schema.Type.UNION
                && fileSchema.getTypes().size() <= BRANCHES.size()
                && fileSchema
                        .getTypes()
                        .equals(UNION.getTypes()
                                .subList(0, fileSchema.getTypes().size()));
    }

    /** A request as a record of a trace file, for {@code DataFileWriter.appendEncoded}. */
    public static ByteBuffer encoded(Request request) {
        AvroOutput out = new AvroOutput(8 * AvroOutput.LONG_BYTES);
        out.write(branch(WireSchema.REQUEST));
        out.write(request.index());
        out.write(request.arrivalNanos());
        out.write(request.inputTokens());
        out.write(request.outputTokens());
        AvroArrays.writeInts(request.prefixBlocks(), out);
        byte[] bytes = new byte[out.size()];
        out.copyTo(bytes, 0);
        return ByteBuffer.wrap(bytes);
    }

    /** An index as the last record of a trace file, for {@code DataFileWriter.appendEncoded}. */
    public static ByteBuffer encoded(TraceIndex index) {
        AvroOutput out = new AvroOutput(3 * (index.size() + 2) * AvroOutput.LONG_BYTES);
        out.write(branch(WireSchema.TRACE_INDEX));
        AvroArrays.writeLongs(index.offsets(), out);
        AvroArrays.writeLongs(index.recordsBefore(), out);
        AvroArrays.writeLongs(index.endNanosBefore(), out);
        byte[] bytes = new byte[out.size()];
        out.copyTo(bytes, 0);
        return ByteBuffer.wrap(bytes);
    }

    /**
     * A frame as a record of a trace file, for {@code DataFileWriter.appendEncoded}. Copies; only a frame of an older
     * version is encoded again.
     *
     * @throws UnreadableException where it is not a frame of this kind, or does not end where its events end: one such
     *     frame would make all that follows it in the file unreadable. What its numbers say is not looked at.
     */
    public static ByteBuffer encoded(EventKind kind, byte[] frame) throws UnreadableException {
        byte[] current = FRAMES.get(kind).current(frame);
        int bodyAt = SingleObject.HEADER_BYTES;
        AvroInput in = new AvroInput(WireSchema.of(kind).recordName()).over(current, bodyAt, current.length);
        FrameLayout.skip(kind, in);
        in.requireEnd();
        byte[] datum = new byte[1 + current.length - bodyAt];
        datum[0] = (byte) (branch(kind) << 1); // zigzag, one byte
        System.arraycopy(current, bodyAt, datum, 1, current.length - bodyAt);
        return ByteBuffer.wrap(datum);
    }

    /** The whole frame, single-object header first, of which a trace file holds bytes {@code from} to {@code to}. */
    static byte[] frame(EventKind kind, byte[] file, int from, int to) {
        byte[] frame = new byte[SingleObject.HEADER_BYTES + to - from];
        SingleObject.writeHeader(WireSchema.of(kind), frame);
        System.arraycopy(file, from, frame, SingleObject.HEADER_BYTES, to - from);
        return frame;
    }

    /** Reads a request whose branch has been read. */
    static Request request(AvroInput in) throws UnreadableException {
        long index = in.readLong("index");
        long arrivalNanos = in.readLong("arrivalNanos");
        long inputTokens = in.readLong("inputTokens");
        long outputTokens = in.readLong("outputTokens");
        int[] prefixBlocks = AvroArrays.readInts(in, "prefixBlocks");
        try {
            return new Request(index, arrivalNanos, inputTokens, outputTokens, prefixBlocks);
        } catch (IllegalArgumentException e) {
            throw in.unreadable("request", e.getMessage());
        }
    }

    /** Reads an index whose branch has been read. */
    static TraceIndex index(AvroInput in) throws UnreadableException {
        long[] offsets = AvroArrays.readLongs(in, "offsets");
        long[] recordsBefore = AvroArrays.readLongs(in, "recordsBefore");
        long[] endNanosBefore = AvroArrays.readLongs(in, "endNanosBefore");
        try {
            return new TraceIndex(offsets, recordsBefore, endNanosBefore);
        } catch (IllegalArgumentException e) {
            throw in.unreadable("index", e.getMessage());
        }
    }

    static int branchCount() {
        return BRANCHES.size();
    }

    /** Position of a record in the union. */
    static int branch(WireSchema record) {
        return BRANCHES.indexOf(record);
    }

    /** Position of a kind's frames in the union. */
    static int branch(EventKind kind) {
        return branch(WireSchema.of(kind));
    }

    /** Kind of the frames at a position in the union, null where no frames are. */
    static EventKind kindAt(int branch) {
        return KINDS[branch];
    }
}
