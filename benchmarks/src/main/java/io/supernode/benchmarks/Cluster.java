package io.supernode.benchmarks;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** One Flink runtime in this process for all jobs, so that no arm pays for starting it. */
final class Cluster implements AutoCloseable {
    private final MiniCluster cluster;

    private Cluster(MiniCluster cluster) {
        this.cluster = cluster;
    }

    static Cluster start(Path temporary, int slots) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
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
        cluster.start();
        return new Cluster(cluster);
    }

    /** Runs a job that ends by itself. */
    void run(StreamExecutionEnvironment environment, String name) throws Exception {
        JobID job = submit(environment, name);
        cluster.requestJobResult(job).get().toJobExecutionResult(getClass().getClassLoader());
    }

    /** Submits a job that does not end by itself. */
    JobID submit(StreamExecutionEnvironment environment, String name) throws Exception {
        StreamGraph graph = environment.getStreamGraph();
        graph.setJobName(name);
        // what Flink's own executors do before they hand a graph over
        graph.setJobId(JobID.generate());
        graph.serializeUserDefinedInstances();
        return cluster.submitJob(graph).get().getJobID();
    }

    /** Returns when every task of the job runs: before that, what is sent would be waiting, not worked on. */
    void awaitTasks(JobID job) throws Exception {
        while (true) {
            boolean all = cluster.getExecutionGraph(job)
                    .get()
                    .getAllExecutionVertices()
                    .iterator()
                    .hasNext();
            for (AccessExecutionVertex vertex :
                    cluster.getExecutionGraph(job).get().getAllExecutionVertices()) {
                all &= vertex.getExecutionState() == ExecutionState.RUNNING;
            }
            if (all) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    void cancel(JobID job) throws Exception {
        cluster.cancelJob(job).get();
        cluster.requestJobResult(job).get();
    }

    @Override
    public void close() {
        cluster.closeAsync().join();
    }
}
