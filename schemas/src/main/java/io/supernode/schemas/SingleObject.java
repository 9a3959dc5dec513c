package io.supernode.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Avro's single-object encoding of one record: the bytes C3 01, the schema's CRC-64-AVRO fingerprint little-endian, the
 * record. What an older version wrote is rewritten by Avro's own schema resolution into today's version first, so that
 * the hand-written codecs know one version only. Thread-safe.
 */
final class SingleObject {
    static final int HEADER_BYTES = 10;

    private final WireSchema wire;
    private final Map<Long, Schema> older = new HashMap<>();

    SingleObject(WireSchema wire) {
        this(wire, wire.versions());
    }

    /** @param readable the versions that are read beside today's */
    SingleObject(WireSchema wire, List<Schema> readable) {
        this.wire = wire;
        for (Schema version : readable) {
            long fingerprint = SchemaNormalization.parsingFingerprint64(version);
            if (fingerprint != wire.fingerprint()) {
                older.put(fingerprint, version);
            }
        }
    }

    /** Writes the header into the first {@link #HEADER_BYTES} of {@code to}. */
    static void writeHeader(WireSchema wire, byte[] to) {
        to[0] = (byte) 0xC3;
        to[1] = 1;
        for (int i = 0; i < Long.BYTES; i++) {
            to[2 + i] = (byte) (wire.fingerprint() >>> (8 * i));
        }
    }

    /** The same record as today's version writes it: {@code bytes} itself where today's version wrote it. */
    byte[] current(byte[] bytes) throws UnreadableException {
        if (bytes.length < HEADER_BYTES || bytes[0] != (byte) 0xC3 || bytes[1] != 1) {
            throw new UnreadableException("not a readable " + wire.recordName()
                    + " at byte 0: must start with C3 01 and an 8-byte fingerprint, found " + hexStart(bytes));
        }
        long fingerprint = 0;
        for (int i = Long.BYTES - 1; i >= 0; i--) {
            fingerprint = fingerprint << 8 | bytes[2 + i] & 0xFF;
        }
        if (fingerprint == wire.fingerprint()) {
            return bytes;
        }
        Schema writer = older.get(fingerprint);
        if (writer == null) {
            throw new UnreadableException(unknown(fingerprint));
        }
        return rewritten(bytes, writer);
    }

    private byte[] rewritten(byte[] bytes, Schema writer) throws UnreadableException {
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
        byte[] header = new byte[HEADER_BYTES];
        writeHeader(wire, header);
        out.writeBytes(header);
        try {
            GenericRecord record = new GenericDatumReader<GenericRecord>(writer, wire.schema()).read(null, in);
            if (!in.isEnd()) {
                throw new UnreadableException(
                        "not a readable " + wire.recordName() + " of an older version: bytes after its end");
            }
            write(record, wire.schema(), out);
        } catch (IOException | RuntimeException e) { // Avro answers garbage with several kinds of the latter
            throw new UnreadableException(
                    "not a readable " + wire.recordName() + " of an older version: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }

    static <T> void write(T record, Schema schema, ByteArrayOutputStream out) throws IOException {
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<T>(schema).write(record, encoder);
        encoder.flush();
    }

    private String unknown(long fingerprint) {
        for (WireSchema other : WireSchema.values()) {
            for (Schema version : other.versions()) {
                if (other != wire && SchemaNormalization.parsingFingerprint64(version) == fingerprint) {
                    return "not a readable " + wire.recordName() + " at byte 2: it is a " + other.recordName();
                }
            }
        }
        return String.format(
                "not a readable %s at byte 2: unknown schema fingerprint %016x, known are %016x and %d older",
                wire.recordName(), fingerprint, wire.fingerprint(), older.size());
    }

    private static String hexStart(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(HEADER_BYTES, bytes.length); i++) {
            hex.append(String.format("%02X ", bytes[i]));
        }
        return hex.append("(").append(bytes.length).append(" bytes)").toString();
    }
}
