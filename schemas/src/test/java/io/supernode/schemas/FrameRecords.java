package io.supernode.schemas;

import io.supernode.event.BusEvent;
import io.supernode.event.CardSample;
import io.supernode.event.ComputeEvent;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.FaultEvent;
import io.supernode.event.RequestEvent;
import io.supernode.event.StepEvent;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Frames the slow and obvious way: by names, through Avro's generic records. */
final class FrameRecords {
    private FrameRecords() {}

    static byte[] write(FrameWriter writer, FrameHeader header, EventBatch events) {
        writer.begin(header.baseNanos());
        for (int i = 0; i < events.size(); i++) {
            writer.append(events, i);
        }
        return writer.finish(header);
    }

    static EventBatch batch(Record... events) {
        EventBatch batch = new EventBatch();
        for (Record event : events) {
            if (event instanceof ComputeEvent e) {
                batch.add(e);
            } else if (event instanceof BusEvent e) {
                batch.add(e);
            } else if (event instanceof StepEvent e) {
                batch.add(e);
            } else if (event instanceof CardSample e) {
                batch.add(e);
            } else if (event instanceof FaultEvent e) {
                batch.add(e);
            } else {
                batch.add((RequestEvent) event);
            }
        }
        return batch;
    }

    static List<Record> records(EventBatch batch) {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            records.add(batch.record(i));
        }
        return records;
    }

    /** The frame as Avro's generic record: header and event fields are those of the Java records of the same names. */
    static GenericRecord generic(EventKind kind, FrameHeader header, EventBatch events) {
        return generic(header, events, WireSchema.of(kind).schema());
    }

    static GenericRecord generic(FrameHeader header, EventBatch events, Schema schema) {
        GenericRecord frame = byName(schema, header);
        Schema eventSchema = schema.getField("events").schema().getElementType();
        List<GenericRecord> items = new ArrayList<>();
        long previous = header.baseNanos();
        for (int i = 0; i < events.size(); i++) {
            GenericRecord item = byName(eventSchema, events.record(i));
            item.put("endDeltaNanos", events.endNanos(i) - previous);
            item.put("durationNanos", events.durationNanos(i));
            previous = events.endNanos(i);
            items.add(item);
        }
        frame.put("events", items);
        return frame;
    }

    /** Fills those fields that a Java record has components for. */
    static GenericRecord byName(Schema schema, Record record) {
        GenericRecord generic = new GenericData.Record(schema);
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Schema.Field field = schema.getField(component.getName());
            if (field != null) {
                generic.put(field.pos(), value(field.schema(), component, record));
            }
        }
        for (Schema.Field field : schema.getFields()) {
            if (generic.get(field.pos()) == null) {
                generic.put(field.pos(), GenericData.get().getDefaultValue(field));
            }
        }
        return generic;
    }

    private static Object value(Schema schema, RecordComponent component, Record record) {
        Object value;
        try {
            value = component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        if (value instanceof Enum<?> symbol) {
            return new GenericData.EnumSymbol(schema, symbol.name());
        }
        if (value instanceof int[] ints) {
            return java.util.Arrays.stream(ints).boxed().toList();
        }
        if (value instanceof long[] longs) {
            return java.util.Arrays.stream(longs).boxed().toList();
        }
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0; // as the wire has it: the hot way knows numbers only
        }
        return value;
    }
}
