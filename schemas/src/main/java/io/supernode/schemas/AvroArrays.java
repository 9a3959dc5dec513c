package io.supernode.schemas;

import java.util.Arrays;

/** Arrays of numbers in Avro's binary encoding; one block as a rule, any number by the specification. */
final class AvroArrays {
    private AvroArrays() {}

    static void writeInts(int[] values, AvroOutput out) {
        out.reserve(values.length + 2);
        if (values.length > 0) {
            out.write(values.length);
            for (int value : values) {
                out.write(value);
            }
        }
        out.write(0);
    }

    static void writeLongs(long[] values, AvroOutput out) {
        out.reserve(values.length + 2);
        if (values.length > 0) {
            out.write(values.length);
            for (long value : values) {
                out.write(value);
            }
        }
        out.write(0);
    }

    static int[] readInts(AvroInput in, String field) throws UnreadableException {
        int[] values = {};
        int size = 0;
        for (int n = in.readBlock(field, 1); n > 0; n = in.readBlock(field, 1)) {
            if (size + n > values.length) { // doubled, so that many small blocks cost no more than one large
                values = Arrays.copyOf(values, size == 0 ? n : Math.max(size + n, 2 * size));
            }
            for (int i = 0; i < n; i++) {
                values[size++] = in.readInt(field);
            }
            in.endBlock(field);
        }
        return size == values.length ? values : Arrays.copyOf(values, size);
    }

    static long[] readLongs(AvroInput in, String field) throws UnreadableException {
        long[] values = {};
        int size = 0;
        for (int n = in.readBlock(field, 1); n > 0; n = in.readBlock(field, 1)) {
            if (size + n > values.length) {
                values = Arrays.copyOf(values, size == 0 ? n : Math.max(size + n, 2 * size));
            }
            for (int i = 0; i < n; i++) {
                values[size++] = in.readLong(field);
            }
            in.endBlock(field);
        }
        return size == values.length ? values : Arrays.copyOf(values, size);
    }
}
