package io.supernode.analytics;

import io.supernode.diagnosis.Detector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a detector has learned, in checkpoints and in RocksDB: its stored form, which begins with its own version. Another
 * form takes the next version there, and this serializer reads both.
 */
public final class DetectorSerializer extends TypeSerializerSingleton<Detector> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public Detector createInstance() {
        return null; // Flink makes none: a detector begins with what it sees first
    }

    @Override
    public Detector copy(Detector from) {
        try {
            ByteArrayOutputStream stored = new ByteArrayOutputStream();
            from.write(new DataOutputStream(stored));
            return Detector.read(new DataInputStream(new ByteArrayInputStream(stored.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Detector copy(Detector from, Detector reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(Detector detector, DataOutputView target) throws IOException {
        detector.write(target);
    }

    @Override
    public Detector deserialize(DataInputView source) throws IOException {
        return Detector.read(source);
    }

    @Override
    public Detector deserialize(Detector reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<Detector> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Named in every savepoint: it keeps its name. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Detector> {
        public Snapshot() {
            super(DetectorSerializer::new);
        }
    }
}
