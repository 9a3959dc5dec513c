package io.supernode.analytics;

import io.supernode.window.GroupAccumulator;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A window that is added to, in checkpoints and in RocksDB: the length of its stored form, then that form, which begins
 * with its own version. Another form takes the next version there, and this serializer reads both.
 */
public final class OpenWindowSerializer extends TypeSerializerSingleton<GroupAccumulator> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public GroupAccumulator createInstance() {
        return null; // Flink makes none: a window begins with what is added to it
    }

    @Override
    public GroupAccumulator copy(GroupAccumulator from) {
        return from.copy();
    }

    @Override
    public GroupAccumulator copy(GroupAccumulator from, GroupAccumulator reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(GroupAccumulator window, DataOutputView target) throws IOException {
        byte[] stored = window.stored();
        target.writeInt(stored.length);
        target.write(stored);
    }

    @Override
    public GroupAccumulator deserialize(DataInputView source) throws IOException {
        byte[] stored = new byte[source.readInt()];
        source.readFully(stored);
        return GroupAccumulator.of(stored);
    }

    @Override
    public GroupAccumulator deserialize(GroupAccumulator reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        byte[] stored = new byte[source.readInt()];
        source.readFully(stored);
        target.writeInt(stored.length);
        target.write(stored);
    }

    @Override
    public TypeSerializerSnapshot<GroupAccumulator> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Named in every savepoint: it keeps its name. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<GroupAccumulator> {
        public Snapshot() {
            super(OpenWindowSerializer::new);
        }
    }
}
