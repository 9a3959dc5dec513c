package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.window.GroupAccumulator;
import io.supernode.window.SliceFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class OpenWindowSerializerTest {
    private final OpenWindowSerializer serializer = new OpenWindowSerializer();

    /** Stored forms as the fold makes them: of a node and the whole, with racks and operations. */
    private static List<byte[]> stored() {
        SliceFolder folder = new SliceFolder(4);
        folder.fold(0, new Telemetry(7, 1, 3, 20).events, Long.MIN_VALUE);
        List<byte[]> partials = new ArrayList<>();
        folder.flushAll((node, slice, partial) -> partials.add(partial));
        return partials;
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        for (byte[] stored : stored()) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            serializer.serialize(GroupAccumulator.of(stored), out);
            DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

            assertThat(serializer.deserialize(in).stored()).isEqualTo(stored);
            assertThat(in.available()).isZero();

            DataOutputSerializer copied = new DataOutputSerializer(64);
            serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);
            assertThat(copied.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
        }
    }

    /** A checkpoint that is being written holds the original while the job goes on with the copy. */
    @Test
    void aCopyIsEqualAndApart() {
        GroupAccumulator original = GroupAccumulator.of(stored().get(0));

        assertThat(serializer.copy(original)).isNotSameAs(original);
        assertThat(serializer.copy(original).stored()).isEqualTo(original.stored());
    }

    @Test
    void itsSnapshotSurvivesASavepoint() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(out, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<GroupAccumulator> read = TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
        TypeSerializerSchemaCompatibility<GroupAccumulator> compatibility =
                serializer.snapshotConfiguration().resolveSchemaCompatibility(read);

        assertThat(compatibility.isCompatibleAsIs()).isTrue();
        assertThat(read.restoreSerializer()).isInstanceOf(OpenWindowSerializer.class);
    }
}
