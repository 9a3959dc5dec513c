package io.supernode.analytics;

import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the job on frames in memory and collects what comes out. One use each. */
final class JobBench {
    /** Flink copies what a job is made of; what tests share with it is found here. */
    private static final Map<Long, JobBench> RUNNING = new ConcurrentHashMap<>();

    private static final AtomicLong NEXT = new AtomicLong();

    private final long id = NEXT.getAndIncrement();
    private final List<List<RawFrame>> partitions;
    final Results results = new Results();
    /** The reader waits before this offset of partition 0 until a checkpoint is complete; then the job fails once. */
    private long failAfterOffset = Long.MAX_VALUE / 2;

    private volatile boolean checkpointed;
    private volatile boolean failed;

    JobBench(List<List<RawFrame>> partitions) {
        this.partitions = partitions;
    }

    JobBench failingOnceAfter(long offset) {
        failAfterOffset = offset;
        return this;
    }

    boolean hasFailed() {
        return failed;
    }

    Results run(JobOptions options, StreamExecutionEnvironment env) throws Exception {
        job().addTo(env, options);
        RUNNING.put(id, this);
        try {
            env.execute();
        } finally {
            RUNNING.remove(id);
        }
        return results;
    }

    TelemetryJob job() {
        return new TelemetryJob(
                new LogSource(new Log(id, partitions.size())),
                new CollectingSink<ThroughputWindow>(id, (bench, window) -> bench.results.throughput(window)),
                new CollectingSink<LatencyWindow>(id, (bench, window) -> bench.results.latency(window)),
                new CollectingSink<DeadLetter>(id, (bench, letter) -> bench.results.deadLetters.add(letter)));
    }

    private record Log(long id, int partitions) implements FrameLog {
        @Override
        public RawFrame frame(int partition, long offset) {
            JobBench bench = RUNNING.get(id);
            List<RawFrame> frames = bench.partitions.get(partition);
            // well behind the checkpoint, so that frames are read again
            if (partition == 0 && offset > bench.failAfterOffset + 20 && !bench.failed) {
                bench.failed = true;
                throw new IllegalStateException("fails once, as the test wants");
            }
            return offset < frames.size() ? frames.get((int) offset) : null;
        }

        @Override
        public boolean isReadable(int partition, long offset) {
            JobBench bench = RUNNING.get(id);
            return partition != 0 || offset <= bench.failAfterOffset || bench.checkpointed;
        }

        @Override
        public void checkpointed() {
            JobBench bench = RUNNING.get(id);
            if (bench != null) {
                bench.checkpointed = true;
            }
        }
    }

    private interface Collect<T> extends BiConsumer<JobBench, T>, java.io.Serializable {}

    private record CollectingSink<T>(long id, Collect<T> collect) implements Sink<T> {
        @Override
        public SinkWriter<T> createWriter(WriterInitContext context) {
            JobBench bench = RUNNING.get(id);
            return new SinkWriter<>() {
                @Override
                public void write(T element, Context context) {
                    collect.accept(bench, element);
                }

                @Override
                public void flush(boolean endOfInput) {}

                @Override
                public void close() {}
            };
        }
    }
}
