package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.Cause;
import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.CardSample;
import io.supernode.event.ComputeEvent;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.event.FaultEvent;
import io.supernode.event.FaultKind;
import io.supernode.event.RequestEvent;
import io.supernode.event.StepEvent;
import io.supernode.serving.Request;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.TrafficWindow;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules that every schema obeys. */
class WireSchemaTest {
    private static final Set<Schema.Type> ALLOWED =
            Set.of(Schema.Type.RECORD, Schema.Type.ARRAY, Schema.Type.ENUM, Schema.Type.INT, Schema.Type.LONG);
    private static final Map<String, Object[]> ENUMS = Map.of(
            "ComputeOp", ComputeOp.values(),
            "BusOp", BusOp.values(),
            "Fabric", Fabric.values(),
            "FaultKind", FaultKind.values(),
            "Scope", Scope.values(),
            "LatencyMetric", LatencyMetric.values(),
            "AnomalyKind", AnomalyKind.values(),
            "Cause", Cause.values());

    @ParameterizedTest
    @EnumSource(WireSchema.class)
    void everyFieldHasADocAndADefault(WireSchema wire) {
        for (Schema record : records(wire.schema())) {
            assertThat(record.getDoc()).as(record.getName()).isNotBlank();
            for (Schema.Field field : record.getFields()) {
                assertThat(field.doc())
                        .as(record.getName() + "." + field.name())
                        .isNotBlank();
                assertThat(field.hasDefaultValue())
                        .as(record.getName() + "." + field.name())
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WireSchema.class)
    void noUnionsNoStringsNoLogicalTypes(WireSchema wire) {
        for (Schema schema : all(wire.schema())) {
            assertThat(ALLOWED).contains(schema.getType());
            assertThat(schema.getLogicalType()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(WireSchema.class)
    void symbolsAreThoseOfTheJavaEnumsInTheirOrder(WireSchema wire) {
        for (Schema schema : all(wire.schema())) {
            if (schema.getType() == Schema.Type.ENUM) {
                List<String> symbols = Arrays.stream(ENUMS.get(schema.getName()))
                        .map(Object::toString)
                        .toList();
                assertThat(schema.getEnumSymbols()).isEqualTo(symbols);
            }
        }
    }

    /** On the wire an event has its end where the record has its start or arrival; the rest is the same, in order. */
    @Test
    void fieldsAreTheComponentsOfTheRecords() {
        assertThat(event(EventKind.COMPUTE))
                .isEqualTo(replaced(components(ComputeEvent.class), "startNanos", "endDeltaNanos"));
        assertThat(event(EventKind.BUS)).isEqualTo(replaced(components(BusEvent.class), "startNanos", "endDeltaNanos"));
        assertThat(event(EventKind.STEP))
                .isEqualTo(replaced(components(StepEvent.class), "startNanos", "endDeltaNanos"));
        List<String> request = replaced(components(RequestEvent.class), "arrivalNanos", "endDeltaNanos");
        request.remove("endNanos");
        request.add(request.indexOf("endDeltaNanos") + 1, "durationNanos");
        assertThat(event(EventKind.REQUEST)).isEqualTo(request);
        assertThat(event(EventKind.SAMPLE))
                .isEqualTo(replaced(components(CardSample.class), "endNanos", "endDeltaNanos"));
        assertThat(event(EventKind.FAULT))
                .isEqualTo(replaced(components(FaultEvent.class), "endNanos", "endDeltaNanos"));
        for (EventKind kind : EventKind.values()) {
            List<String> frame = components(FrameHeader.class);
            frame.add("events");
            assertThat(names(WireSchema.of(kind).schema())).isEqualTo(frame);
        }
        assertThat(names(WireSchema.THROUGHPUT_WINDOW.schema())).isEqualTo(components(ThroughputWindow.class));
        assertThat(names(WireSchema.LATENCY_WINDOW.schema())).isEqualTo(components(LatencyWindow.class));
        assertThat(names(WireSchema.TRAFFIC_WINDOW.schema())).isEqualTo(components(TrafficWindow.class));
        assertThat(names(WireSchema.ANOMALY.schema())).isEqualTo(components(Anomaly.class));
        assertThat(names(WireSchema.REQUEST.schema())).isEqualTo(components(Request.class));
        assertThat(names(WireSchema.TRACE_INDEX.schema())).isEqualTo(components(TraceIndex.class));
    }

    @Test
    void anEventHasAsManyFieldsAsItsLayoutSays() {
        for (EventKind kind : EventKind.values()) {
            assertThat(event(kind)).hasSize(FrameLayout.fieldCount(kind));
        }
    }

    @ParameterizedTest
    @EnumSource(WireSchema.class)
    void todayReadsEveryVersion(WireSchema wire) {
        for (Schema version : wire.versions()) {
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(wire.schema(), version)
                            .getType())
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
    }

    /**
     * A released version is never edited: what it wrote lies in topics and files. A change is a new version, whose
     * fingerprint is added here.
     */
    @Test
    void releasedVersionsStayAsTheyAre() {
        StringBuilder fingerprints = new StringBuilder();
        for (WireSchema wire : WireSchema.values()) {
            for (int i = 0; i < wire.versions().size(); i++) {
                fingerprints.append(String.format(
                        "%s.%d %016x%n",
                        wire.recordName(),
                        i + 1,
                        SchemaNormalization.parsingFingerprint64(wire.versions().get(i))));
            }
        }
        assertThat(fingerprints.toString().lines())
                .containsExactlyElementsOf(
                        Golden.text("fingerprints.txt").lines().toList());
    }

    private static List<String> event(EventKind kind) {
        return names(WireSchema.of(kind).schema().getField("events").schema().getElementType());
    }

    private static List<String> names(Schema record) {
        return record.getFields().stream().map(Schema.Field::name).toList();
    }

    private static List<String> components(Class<? extends Record> type) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            names.add(component.getName());
        }
        return names;
    }

    private static List<String> replaced(List<String> names, String old, String by) {
        names.set(names.indexOf(old), by);
        return names;
    }

    private static List<Schema> records(Schema schema) {
        return all(schema).stream()
                .filter(s -> s.getType() == Schema.Type.RECORD)
                .toList();
    }

    private static List<Schema> all(Schema schema) {
        List<Schema> all = new ArrayList<>(List.of(schema));
        switch (schema.getType()) {
            case RECORD -> schema.getFields().forEach(field -> all.addAll(all(field.schema())));
            case ARRAY -> all.addAll(all(schema.getElementType()));
            default -> {}
        }
        return all;
    }
}
