package io.supernode.replay;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a trace file says of itself in its header.
 *
 * @param sourceFormat where the records come from: {@code supernode} for our own runs, else the name of the format
 *     they were imported from
 * @param originEpochNanos wall time that time 0 of the records stood for, nanoseconds since 1970 UTC; 0 unknown
 * @param notes anything else worth keeping, in the order of their keys: scenario, machine, version of the writer,
 *     mapping of ranks to cards
 */
public record TraceMetadata(String sourceFormat, long originEpochNanos, Map<String, String> notes) {
    /** What is written. The first had no index and no parts; it is read as well. */
    static final long FORMAT_VERSION = 2;

    static final long OLDEST_VERSION = 1;

    static final String PREFIX = "supernode.";
    static final String VERSION_KEY = PREFIX + "formatVersion";
    static final String SOURCE_KEY = PREFIX + "sourceFormat";
    static final String ORIGIN_KEY = PREFIX + "originEpochNanos";
    static final String NOTE_PREFIX = PREFIX + "note.";

    /** Hash of the schema and all entries but those below: a changed bit in a name must not change what is read. */
    static final String HASH_KEY = PREFIX + "headerHash";

    // of a part: what it belongs to, and its place in it, from 0
    static final String SET_KEY = PREFIX + "set";
    static final String PART_KEY = PREFIX + "part";

    // told by the writer when it is done
    static final String RECORDS_KEY = PREFIX + "records";
    static final String FIRST_KEY = PREFIX + "firstNanos";
    static final String LAST_KEY = PREFIX + "lastNanos";
    /** Byte at which the block with the index begins. */
    static final String INDEX_KEY = PREFIX + "indexOffset";
    /** Of a part: how many there are, in the last of them; 0 in those before. */
    static final String PARTS_KEY = PREFIX + "parts";

    /** What is told at the end, and so is not in the hash. */
    static final Set<String> FIGURES = Set.of(RECORDS_KEY, FIRST_KEY, LAST_KEY, INDEX_KEY, PARTS_KEY);

    public TraceMetadata {
        if (sourceFormat.isBlank()) {
            throw new IllegalArgumentException("must be the name of a format: sourceFormat='" + sourceFormat + "'");
        }
        notes = Collections.unmodifiableMap(new TreeMap<>(notes));
    }

    public static TraceMetadata of(String sourceFormat, long originEpochNanos) {
        return new TraceMetadata(sourceFormat, originEpochNanos, Map.of());
    }

    public TraceMetadata with(String key, String value) {
        Map<String, String> more = new TreeMap<>(notes);
        more.put(key, value);
        return new TraceMetadata(sourceFormat, originEpochNanos, more);
    }

    /** As entries of the Avro header, in the order of their keys. */
    Map<String, String> entries() {
        Map<String, String> entries = new TreeMap<>();
        entries.put(VERSION_KEY, Long.toString(FORMAT_VERSION));
        entries.put(SOURCE_KEY, sourceFormat);
        entries.put(ORIGIN_KEY, Long.toString(originEpochNanos));
        notes.forEach((key, value) -> entries.put(NOTE_PREFIX + key, value));
        return entries;
    }

    /**
     * What {@link #HASH_KEY} must be.
     *
     * @param entries the entries of a header, of which only ours count
     */
    static byte[] headerHash(String schema, Map<String, String> entries) {
        Map<String, String> ours = new TreeMap<>(entries);
        ours.keySet().removeIf(key -> !key.startsWith(PREFIX));
        ours.keySet().remove(HASH_KEY);
        ours.keySet().removeAll(FIGURES);
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((schema + "\n" + ours).getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(sha.digest(), 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
