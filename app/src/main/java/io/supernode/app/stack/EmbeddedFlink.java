package io.supernode.app.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.SerializedThrowable;

/**
 * The real Flink runtime, in this process: one job manager, one task manager, one job. Thread-safe.
 */
public final class EmbeddedFlink implements AutoCloseable {
    private static final long STOP_SECONDS = 5;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final MiniCluster cluster;
    private JobID job;
    private CompletableFuture<JobResult> result;

    private EmbeddedFlink(MiniCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Starts the runtime.
     *
     * @param slots how many parallel instances of a job fit, at least 1
     * @throws StackException when it does not start
     */
    public static EmbeddedFlink start(DataFolder data, int slots) throws StackException {
        Configuration configuration = new Configuration();
        configuration.set(CoreOptions.TMP_DIRS, data.temporary().toString());
        // the job's state is a few megabytes on the heap: no memory set aside for a state store on disk
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .setCommonBindAddress("127.0.0.1")
                .withRandomPorts()
                .build());
        try {
            cluster.start();
        } catch (Exception e) {
            throw new StackException("the Flink runtime did not start: " + e.getMessage(), e);
        }
        return new EmbeddedFlink(cluster);
    }

    /** Settings under which a job keeps its checkpoints in a folder. */
    public static Configuration checkpointsIn(Path folder) {
        Configuration configuration = new Configuration();
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
        return configuration;
    }

    /**
     * Submits the job that the environment describes.
     *
     * @throws StackException when the runtime refuses it
     */
    public synchronized void submit(StreamExecutionEnvironment environment, String name)
            throws StackException, InterruptedException {
        StreamGraph graph = environment.getStreamGraph();
        graph.setJobName(name);
        try {
            job = cluster.submitJob(graph.getJobGraph()).get().getJobID();
        } catch (ExecutionException e) {
            throw new StackException("the Flink job was refused: " + rootMessage(e), e);
        }
        result = cluster.requestJobResult(job);
    }

    /** True once the job's tasks have been handed to the runtime. */
    public synchronized boolean isRunning() throws InterruptedException {
        try {
            return job != null && cluster.getJobStatus(job).get() == JobStatus.RUNNING;
        } catch (ExecutionException e) {
            return false;
        }
    }

    /** Why the job ended, if it did: a job that reads topics ends only by failing or by {@link #close()}. */
    public synchronized Optional<String> failure() {
        if (result == null || !result.isDone()) {
            return Optional.empty();
        }
        try {
            Optional<SerializedThrowable> cause = result.get().getSerializedThrowable();
            return Optional.of(cause.map(EmbeddedFlink::rootMessage).orElse("the job ended by itself"));
        } catch (ExecutionException e) {
            return Optional.of(rootMessage(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /**
     * Takes a checkpoint now. A checkpoint follows what was on its way before it through every part of the job, and the
     * sinks have written all that came before it when it is complete.
     *
     * @param patience how long it may take
     * @return false when none was complete by then
     */
    public boolean checkpoint(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                trigger().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                return true;
            } catch (ExecutionException e) {
                // another was on its way, or a task was not ready for one
                if (System.nanoTime() + RETRY_NANOS > deadline) {
                    return false;
                }
                TimeUnit.NANOSECONDS.sleep(RETRY_NANOS);
            } catch (TimeoutException e) {
                return false;
            }
        }
    }

    private synchronized CompletableFuture<Long> trigger() {
        return cluster.triggerCheckpoint(job, CheckpointType.CONFIGURED);
    }

    /** Cancels the job and stops the runtime; waits a few seconds for each. */
    @Override
    public synchronized void close() {
        try {
            if (job != null && !result.isDone()) {
                cluster.cancelJob(job).get(STOP_SECONDS, TimeUnit.SECONDS);
                result.get(STOP_SECONDS, TimeUnit.SECONDS);
            }
            cluster.closeAsync().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // the process is about to end and takes the runtime's threads with it
            cluster.closeAsync();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
