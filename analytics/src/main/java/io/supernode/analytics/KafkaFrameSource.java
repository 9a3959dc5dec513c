package io.supernode.analytics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Kafka's source, which beside the offset of a partition keeps how far time had come in it. */
final class KafkaFrameSource
        implements Source<RawFrame, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<RawFrame> {
    private static final long serialVersionUID = 1L;

    private final KafkaSource<RawFrame> kafka;
    private final Duration outOfOrderness;

    KafkaFrameSource(KafkaSource<RawFrame> kafka, Duration outOfOrderness) {
        this.kafka = kafka;
        this.outOfOrderness = outOfOrderness;
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SourceReader<RawFrame, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        return new Reader(kafka.createReader(context), new FrameClocks(outOfOrderness));
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return kafka.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState checkpoint) throws IOException {
        return kafka.restoreEnumerator(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return new TimedSplitSerializer(kafka.getSplitSerializer());
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return kafka.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<RawFrame> getProducedType() {
        return kafka.getProducedType();
    }

    private static final class TimedSplit extends KafkaPartitionSplit {
        private final FrameTime time;

        TimedSplit(KafkaPartitionSplit split, FrameTime time) {
            super(
                    split.getTopicPartition(),
                    split.getStartingOffset(),
                    split.getStoppingOffset().orElse(NO_STOPPING_OFFSET));
            this.time = time;
        }

        static FrameTime timeOf(KafkaPartitionSplit split) {
            return split instanceof TimedSplit timed ? timed.time : FrameTime.NONE;
        }
    }

    @SuppressWarnings("try") // closing it may be interrupted, as the connector's reader says
    private record Reader(SourceReader<RawFrame, KafkaPartitionSplit> kafka, FrameClocks clocks)
            implements SourceReader<RawFrame, KafkaPartitionSplit> {
        @Override
        public InputStatus pollNext(ReaderOutput<RawFrame> output) throws Exception {
            return kafka.pollNext(clocks.over(output));
        }

        @Override
        public void addSplits(List<KafkaPartitionSplit> splits) {
            for (KafkaPartitionSplit split : splits) {
                clocks.add(split.splitId(), TimedSplit.timeOf(split));
            }
            kafka.addSplits(splits);
        }

        @Override
        public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
            return kafka.snapshotState(checkpointId).stream()
                    .<KafkaPartitionSplit>map(split -> new TimedSplit(split, clocks.time(split.splitId())))
                    .toList();
        }

        @Override
        public void start() {
            kafka.start();
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return kafka.isAvailable();
        }

        @Override
        public void notifyNoMoreSplits() {
            kafka.notifyNoMoreSplits();
        }

        @Override
        public void handleSourceEvents(SourceEvent event) {
            kafka.handleSourceEvents(event);
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) throws Exception {
            kafka.notifyCheckpointComplete(checkpointId);
        }

        @Override
        public void notifyCheckpointAborted(long checkpointId) throws Exception {
            kafka.notifyCheckpointAborted(checkpointId);
        }

        @Override
        public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
            kafka.pauseOrResumeSplits(toPause, toResume);
        }

        @Override
        public void close() throws Exception {
            kafka.close();
        }
    }

    /** A time, and behind it the split as the connector writes it; the connector's alone, of earlier versions, is read too. */
    private record TimedSplitSerializer(SimpleVersionedSerializer<KafkaPartitionSplit> kafka)
            implements SimpleVersionedSerializer<KafkaPartitionSplit> {
        /** The connector counts from 0: what is at least this has a time before it. */
        private static final int TIMED = 1 << 16;

        @Override
        public int getVersion() {
            return TIMED + kafka.getVersion();
        }

        @Override
        public byte[] serialize(KafkaPartitionSplit split) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            TimedSplit.timeOf(split).write(out);
            out.write(kafka.serialize(split));
            return bytes.toByteArray();
        }

        @Override
        public KafkaPartitionSplit deserialize(int version, byte[] bytes) throws IOException {
            if (version < TIMED) {
                return kafka.deserialize(version, bytes);
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            FrameTime time = FrameTime.read(in);
            return new TimedSplit(kafka.deserialize(version - TIMED, in.readAllBytes()), time);
        }
    }
}
