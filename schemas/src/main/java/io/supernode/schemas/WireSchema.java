package io.supernode.schemas;

import io.supernode.event.EventKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Every record that leaves a process, with all versions of its Avro schema. The versions are the resources
 * {@code Name.1.avsc}, {@code Name.2.avsc} and so on beside this class: the highest is written, all are read. A version
 * that has once been released is never edited; a change is a new file whose added fields have defaults.
 *
 * <p>Schemas of the hot way hold no unions, logical types or strings. Fields are named as the components of the Java
 * records; symbols of enums are those of the Java enums in their order.
 */
public enum WireSchema {
    COMPUTE_FRAME("ComputeFrame"),
    BUS_FRAME("BusFrame"),
    STEP_FRAME("StepFrame"),
    REQUEST_FRAME("RequestFrame"),
    SAMPLE_FRAME("SampleFrame"),
    FAULT_FRAME("FaultFrame"),
    THROUGHPUT_WINDOW("ThroughputWindow"),
    LATENCY_WINDOW("LatencyWindow"),
    TRAFFIC_WINDOW("TrafficWindow"),
    ANOMALY("Anomaly"),
    /** A request as a trace file holds it: {@link io.supernode.serving.Request}. */
    REQUEST("Request"),
    /** Where in a trace file which time is: {@link TraceIndex}. */
    TRACE_INDEX("TraceIndex");

    private final String recordName;
    private final List<Schema> versions;
    private final long fingerprint;

    WireSchema(String recordName) {
        this.recordName = recordName;
        this.versions = load(recordName);
        this.fingerprint = SchemaNormalization.parsingFingerprint64(schema());
    }

    /** The frame that carries events of one kind. */
    public static WireSchema of(EventKind kind) {
        return switch (kind) {
            case COMPUTE -> COMPUTE_FRAME;
            case BUS -> BUS_FRAME;
            case STEP -> STEP_FRAME;
            case REQUEST -> REQUEST_FRAME;
            case SAMPLE -> SAMPLE_FRAME;
            case FAULT -> FAULT_FRAME;
        };
    }

    /** Unqualified name of the Avro record. */
    public String recordName() {
        return recordName;
    }

    /** The version that is written. */
    public Schema schema() {
        return versions.get(versions.size() - 1);
    }

    /** All versions, oldest first. */
    public List<Schema> versions() {
        return versions;
    }

    /** CRC-64-AVRO of {@link #schema()}'s parsing canonical form. */
    public long fingerprint() {
        return fingerprint;
    }

    private static List<Schema> load(String recordName) {
        List<Schema> versions = new ArrayList<>();
        for (int version = 1; ; version++) {
            try (InputStream in = WireSchema.class.getResourceAsStream(recordName + "." + version + ".avsc")) {
                if (in == null) {
                    break;
                }
                versions.add(new Schema.Parser().parse(in));
            } catch (IOException e) {
                throw new UncheckedIOException("schema of " + recordName + " version " + version, e);
            }
        }
        if (versions.isEmpty()) {
            throw new IllegalStateException("no schema beside the classes: " + recordName + ".1.avsc");
        }
        return List.copyOf(versions);
    }
}
