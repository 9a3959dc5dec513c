package io.supernode.analytics;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a deployment decides about the job.
 *
 * @param bootstrap Kafka addresses, {@code HOST:PORT[,HOST:PORT...]}
 * @param properties further settings of the Kafka clients, such as those for TLS and SASL
 * @param groupId under which offsets are committed for monitoring, and from which COMMITTED starts
 * @param start where to begin without a checkpoint
 * @param checkpointInterval zero for none
 * @param parallelism subtasks that merge and write; 0 for what the environment says
 * @param readers subtasks that read and fold; each needs a partition of the compute topic
 * @param outOfOrderness how far the watermark stays behind what senders say
 * @param allowedLateness how far behind the watermark events still correct their windows, at most a day
 * @param nodesPerRack nodes with following indices that share a rack, which frames do not tell; 0 when nobody knows: then
 *     there are no windows of racks
 * @param diagnosed whether evidence is gathered by supernode: without it there are neither anomalies nor windows of traffic
 */
public record JobOptions(
        String bootstrap,
        Map<String, String> properties,
        String groupId,
        Start start,
        Duration checkpointInterval,
        int parallelism,
        int readers,
        Duration outOfOrderness,
        Duration allowedLateness,
        int nodesPerRack,
        boolean diagnosed) {
    /** Of the reference machine. */
    private static final int NODES_PER_RACK = 4;

    /** Where reading begins when there is no checkpoint to go on from. */
    public enum Start {
        EARLIEST,
        LATEST,
        /** Where the group has committed; from the earliest where it has not. */
        COMMITTED
    }

    public JobOptions {
        if (bootstrap.isBlank()) {
            throw new IllegalArgumentException("must be HOST:PORT[,HOST:PORT...]: bootstrap is empty");
        }
        requireAtLeast("parallelism", parallelism, 0);
        requireAtLeast("readers", readers, 1);
        requireAtLeast("nodesPerRack", nodesPerRack, 0);
        requireNotNegative("checkpointInterval", checkpointInterval);
        requireNotNegative("outOfOrderness", outOfOrderness);
        requireNotNegative("allowedLateness", allowedLateness);
        if (allowedLateness.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("must be at most a day: allowedLateness=" + allowedLateness);
        }
        properties = Map.copyOf(properties);
    }

    /** From the earliest frame, a checkpoint every 10 s, one reader, 500 ms behind, a minute of lateness, four nodes to a rack. */
    public static JobOptions of(String bootstrap) {
        return new JobOptions(
                bootstrap,
                Map.of(),
                "supernode-analytics",
                Start.EARLIEST,
                Duration.ofSeconds(10),
                0,
                1,
                Duration.ofMillis(500),
                Duration.ofSeconds(60),
                NODES_PER_RACK,
                true);
    }

    public JobOptions withProperties(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(properties);
        all.putAll(more);
        return new JobOptions(
                bootstrap,
                all,
                groupId,
                start,
                checkpointInterval,
                parallelism,
                readers,
                outOfOrderness,
                allowedLateness,
                nodesPerRack,
                diagnosed);
    }

    public JobOptions withGroupId(String id) {
        return new JobOptions(
                bootstrap,
                properties,
                id,
                start,
                checkpointInterval,
                parallelism,
                readers,
                outOfOrderness,
                allowedLateness,
                nodesPerRack,
                diagnosed);
    }

    public JobOptions withStart(Start from) {
        return new JobOptions(
                bootstrap,
                properties,
                groupId,
                from,
                checkpointInterval,
                parallelism,
                readers,
                outOfOrderness,
                allowedLateness,
                nodesPerRack,
                diagnosed);
    }

    public JobOptions withCheckpointInterval(Duration interval) {
        return new JobOptions(
                bootstrap,
                properties,
                groupId,
                start,
                interval,
                parallelism,
                readers,
                outOfOrderness,
                allowedLateness,
                nodesPerRack,
                diagnosed);
    }

    /** @param merging subtasks that merge and write; @param reading subtasks that read and fold */
    public JobOptions withParallelism(int merging, int reading) {
        return new JobOptions(
                bootstrap,
                properties,
                groupId,
                start,
                checkpointInterval,
                merging,
                reading,
                outOfOrderness,
                allowedLateness,
                nodesPerRack,
                diagnosed);
    }

    public JobOptions withLateness(Duration behind, Duration allowed) {
        return new JobOptions(
                bootstrap,
                properties,
                groupId,
                start,
                checkpointInterval,
                parallelism,
                readers,
                behind,
                allowed,
                nodesPerRack,
                diagnosed);
    }

    /** @param nodes nodes with following indices that share a rack; 0 when that is not known */
    public JobOptions withNodesPerRack(int nodes) {
        return new JobOptions(
                bootstrap,
                properties,
                groupId,
                start,
                checkpointInterval,
                parallelism,
                readers,
                outOfOrderness,
                allowedLateness,
                nodes,
                diagnosed);
    }

    /** @param judged whether there are anomalies and windows of traffic */
    public JobOptions withDiagnosis(boolean judged) {
        return new JobOptions(
                bootstrap,
                properties,
                groupId,
                start,
                checkpointInterval,
                parallelism,
                readers,
                outOfOrderness,
                allowedLateness,
                nodesPerRack,
                judged);
    }

    private static void requireAtLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("must be >= " + least + ": " + name + "=" + value);
        }
    }

    private static void requireNotNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("must be >= 0: " + name + "=" + value);
        }
    }
}
