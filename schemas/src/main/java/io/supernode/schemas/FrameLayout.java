package io.supernode.schemas;

import io.supernode.event.EventKind;

/** The order of a frame's fields, for those that write, read and skip them. */
final class FrameLayout {
    private FrameLayout() {}

    /** Fields of one event, each a number; so it takes at least as many bytes. */
    static int fieldCount(EventKind kind) {
        return switch (kind) {
            case COMPUTE -> 10;
            case BUS -> 14;
            case STEP, REQUEST -> 7;
            case SAMPLE -> 13;
            case FAULT -> 10;
        };
    }

    static void writeHeader(FrameHeader header, AvroOutput out) {
        out.write(header.run());
        out.write(header.supernode());
        out.write(header.node());
        out.write(header.sequence());
        out.write(header.originEpochNanos());
        out.write(header.intendedEpochNanos());
        out.write(header.baseNanos());
        out.write(header.throughNanos());
    }

    static FrameHeader readHeader(AvroInput in) throws UnreadableException {
        long run = in.readLong("run");
        int supernode = in.readInt("supernode");
        int node = in.readInt("node");
        long sequence = in.readLong("sequence");
        long originEpochNanos = in.readLong("originEpochNanos");
        long intendedEpochNanos = in.readLong("intendedEpochNanos");
        long baseNanos = in.readLong("baseNanos");
        long throughNanos = in.readLong("throughNanos");
        try {
            return new FrameHeader(
                    run, supernode, node, sequence, originEpochNanos, intendedEpochNanos, baseNanos, throughNanos);
        } catch (IllegalArgumentException e) {
            throw in.unreadable("header", e.getMessage());
        }
    }

    /** Passes over a whole frame's fields and events without looking at what they say. */
    static void skip(EventKind kind, AvroInput in) throws UnreadableException {
        in.skipNumbers(8, "header");
        int fields = fieldCount(kind);
        for (int n = in.readBlock("events", fields); n > 0; n = in.readBlock("events", fields)) {
            for (int i = 0; i < n; i++) {
                in.skipNumbers(fields, "events");
            }
            in.endBlock("events");
        }
    }
}
