package io.supernode.analytics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads a {@link FrameLog} to its end as the Kafka source would: partitions spread over readers, time followed per
 * partition, positions in checkpoints. For tests, and for measuring the job without a broker.
 */
public final class LogSource implements Source<RawFrame, LogSource.Position, List<LogSource.Position>> {
    private static final long serialVersionUID = 1L;

    private final FrameLog log;
    private final Duration outOfOrderness;

    /** @param outOfOrderness as {@link JobOptions#outOfOrderness} has it */
    public LogSource(FrameLog log, Duration outOfOrderness) {
        this.log = log;
        this.outOfOrderness = outOfOrderness;
    }

    /** Where a partition is read next, and how far time has come in it. */
    record Position(int partition, long offset, FrameTime time) implements SourceSplit {
        @Override
        public String splitId() {
            return Integer.toString(partition);
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<RawFrame, Position> createReader(SourceReaderContext context) {
        return new Reader(log, new FrameClocks(outOfOrderness));
    }

    @Override
    public SplitEnumerator<Position, List<Position>> createEnumerator(SplitEnumeratorContext<Position> context) {
        List<Position> all = new ArrayList<>();
        for (int partition = 0; partition < log.partitions(); partition++) {
            all.add(new Position(partition, 0, FrameTime.NONE));
        }
        return new Assigner(context, all);
    }

    @Override
    public SplitEnumerator<Position, List<Position>> restoreEnumerator(
            SplitEnumeratorContext<Position> context, List<Position> unassigned) {
        return new Assigner(context, new ArrayList<>(unassigned));
    }

    @Override
    public SimpleVersionedSerializer<Position> getSplitSerializer() {
        return new PositionSerializer();
    }

    @Override
    public SimpleVersionedSerializer<List<Position>> getEnumeratorCheckpointSerializer() {
        return new PositionsSerializer();
    }

    /** Gives partition p to reader p modulo their number. */
    private record Assigner(SplitEnumeratorContext<Position> context, List<Position> unassigned)
            implements SplitEnumerator<Position, List<Position>> {
        @Override
        public void addReader(int reader) {
            List<Position> own = unassigned.stream()
                    .filter(position -> position.partition() % context.currentParallelism() == reader)
                    .toList();
            unassigned.removeAll(own);
            // in one message, as Kafka's source does: a reader that knew only some would let time run past the others
            if (!own.isEmpty()) {
                context.assignSplits(new SplitsAssignment<>(Map.of(reader, own)));
            }
            context.signalNoMoreSplits(reader);
        }

        @Override
        public void addSplitsBack(List<Position> positions, int reader) {
            unassigned.addAll(positions);
        }

        @Override
        public List<Position> snapshotState(long checkpointId) {
            return List.copyOf(unassigned);
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int reader, String host) {}

        @Override
        public void close() {}
    }

    /** What a reader knows of a partition. */
    private static final class Reading {
        final int partition;
        final String splitId;
        long offset;
        boolean paused;
        SourceOutput<RawFrame> output;

        Reading(Position position) {
            partition = position.partition();
            offset = position.offset();
            splitId = position.splitId();
        }
    }

    /** Takes a frame from each of its partitions in turn, but for those that wait for others. */
    private static final class Reader implements SourceReader<RawFrame, Position> {
        private final FrameLog log;
        private final FrameClocks clocks;
        private final List<Reading> partitions = new ArrayList<>();
        private boolean complete;
        private final CompletableFuture<Void> assigned = new CompletableFuture<>();
        private int turn;

        Reader(FrameLog log, FrameClocks clocks) {
            this.log = log;
            this.clocks = clocks;
        }

        @Override
        public InputStatus pollNext(ReaderOutput<RawFrame> out) {
            ReaderOutput<RawFrame> output = clocks.over(out);
            int waiting = 0;
            while (waiting < partitions.size()) {
                turn = (turn + 1) % partitions.size();
                Reading at = partitions.get(turn);
                if (at.paused || !log.isReadable(at.partition, at.offset)) {
                    waiting++;
                    continue;
                }
                RawFrame frame = log.frame(at.partition, at.offset);
                if (frame == null) {
                    output.releaseOutputForSplit(at.splitId);
                    partitions.remove(turn);
                    continue;
                }
                if (at.output == null) {
                    at.output = output.createOutputForSplit(at.splitId);
                }
                at.offset++;
                at.output.collect(frame);
                return InputStatus.MORE_AVAILABLE;
            }
            return complete && partitions.isEmpty() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return assigned;
        }

        @Override
        public void addSplits(List<Position> splits) {
            for (Position split : splits) {
                partitions.add(new Reading(split));
                clocks.add(split.splitId(), split.time());
            }
            assigned.complete(null);
        }

        @Override
        public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
            for (Reading each : partitions) {
                each.paused = toPause.contains(each.splitId) || each.paused && !toResume.contains(each.splitId);
            }
        }

        @Override
        public void notifyNoMoreSplits() {
            complete = true;
            assigned.complete(null);
        }

        @Override
        public List<Position> snapshotState(long checkpointId) {
            return partitions.stream()
                    .map(at -> new Position(at.partition, at.offset, clocks.time(at.splitId)))
                    .toList();
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            log.checkpointed();
        }

        @Override
        public void start() {}

        @Override
        public void close() {}
    }

    private static final class PositionSerializer implements SimpleVersionedSerializer<Position> {
        @Override
        public int getVersion() {
            return PositionsSerializer.VERSION;
        }

        @Override
        public byte[] serialize(Position position) throws IOException {
            return new PositionsSerializer().serialize(List.of(position));
        }

        @Override
        public Position deserialize(int version, byte[] bytes) throws IOException {
            return new PositionsSerializer().deserialize(version, bytes).get(0);
        }
    }

    private static final class PositionsSerializer implements SimpleVersionedSerializer<List<Position>> {
        /** Version 1 had no times. */
        private static final int VERSION = 2;

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(List<Position> positions) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeInt(positions.size());
                for (Position position : positions) {
                    out.writeInt(position.partition());
                    out.writeLong(position.offset());
                    position.time().write(out);
                }
            }
            return bytes.toByteArray();
        }

        @Override
        public List<Position> deserialize(int version, byte[] bytes) throws IOException {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                int size = in.readInt();
                List<Position> positions = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    positions.add(new Position(
                            in.readInt(), in.readLong(), version < VERSION ? FrameTime.NONE : FrameTime.read(in)));
                }
                return positions;
            }
        }
    }
}
