package io.supernode.analytics;

import io.supernode.diagnosis.Anomaly;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.TrafficWindow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the job on frames in memory and collects what comes out. One use each. */
final class JobBench {
    /** Flink copies what a job is made of; what tests share with it is found here. */
    private static final Map<Long, JobBench> RUNNING = new ConcurrentHashMap<>();

    private static final AtomicLong NEXT = new AtomicLong();

    private static final long NEVER = Long.MAX_VALUE / 2;

    private final long id = NEXT.getAndIncrement();
    private final List<List<RawFrame>> partitions;
    final Results results = new Results();
    private final Set<Integer> partitionsRead = ConcurrentHashMap.newKeySet();
    /** The reader waits before this offset of partition 0 until a checkpoint is complete; then the job fails once. */
    private long failAfterOffset = NEVER;

    /** The readers wait behind this share of every partition. */
    private volatile double readableShare = 1;

    /** The partitions that are read to their end whatever the share of the others. */
    private Set<Integer> aheadPartitions = Set.of();

    /** What a test says of a partition's offset beside all that. */
    private volatile BiPredicate<Integer, Long> readable = (partition, offset) -> true;

    private volatile boolean checkpointed;
    private volatile boolean failed;

    JobBench(List<List<RawFrame>> partitions) {
        this.partitions = partitions;
    }

    JobBench failingOnceAfter(long offset) {
        failAfterOffset = offset;
        return this;
    }

    /** Of this partition {@link #runUntil} reads all. */
    JobBench readingAllOf(int partition) {
        aheadPartitions = Set.of(partition);
        return this;
    }

    /** @param when says of a partition and an offset whether it can be read by now; the offset behind the last is the end */
    JobBench readableWhen(BiPredicate<Integer, Long> when) {
        readable = when;
        return this;
    }

    private boolean fails() {
        return failAfterOffset != NEVER;
    }

    boolean hasFailed() {
        return failed;
    }

    Results run(JobOptions options, StreamExecutionEnvironment env) throws Exception {
        job(options.outOfOrderness()).addTo(env, options);
        RUNNING.put(id, this);
        try {
            env.execute();
        } finally {
            RUNNING.remove(id);
        }
        return results;
    }

    /** Runs until this share of every partition has been read, then stops with a savepoint and says where it is. */
    String runUntil(double share, JobOptions options, StreamExecutionEnvironment env, Path folder) throws Exception {
        readableShare = share;
        job(options.outOfOrderness()).addTo(env, options);
        RUNNING.put(id, this);
        try {
            JobClient client = env.executeAsync();
            while (partitionsRead.size() < partitions.size()) {
                if (client.getJobStatus().get().isTerminalState()) {
                    throw new IllegalStateException("ended before it was told to: " + client.getJobExecutionResult());
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return stop(client, folder);
        } finally {
            RUNNING.remove(id);
            partitionsRead.clear();
            readableShare = 1;
        }
    }

    /** The sources may be at their end for now before the last of the other tasks has started. */
    private static String stop(JobClient client, Path folder) throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                return client.stopWithSavepoint(false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                        .get();
            } catch (ExecutionException e) {
                if (attempt == 100) {
                    client.cancel().get();
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    TelemetryJob job(Duration outOfOrderness) {
        return new TelemetryJob(
                new LogSource(new Log(id, partitions.size()), outOfOrderness),
                new CollectingSink<ThroughputWindow>(id, (bench, window) -> bench.results.throughput(window)),
                new CollectingSink<LatencyWindow>(id, (bench, window) -> bench.results.latency(window)),
                new CollectingSink<TrafficWindow>(id, (bench, window) -> bench.results.traffic(window)),
                new CollectingSink<Anomaly>(id, (bench, anomaly) -> bench.results.anomaly(anomaly)),
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
            int frames = bench.partitions.get(partition).size();
            double share = bench.aheadPartitions.contains(partition) ? 1 : bench.readableShare;
            if (bench.readableShare < 1 && offset >= frames * share) {
                bench.partitionsRead.add(partition);
                return false;
            }
            if (!bench.readable.test(partition, offset)) {
                return false;
            }
            // nor is any read to its end before: with a reader that is done, no checkpoint would complete
            long before = partition == 0
                    ? bench.failAfterOffset
                    : bench.partitions.get(partition).size() - 1;
            return bench.checkpointed || !bench.fails() || offset <= before;
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
