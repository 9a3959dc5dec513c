package io.supernode.app.stack;

import io.supernode.analytics.JobOptions;
import io.supernode.analytics.TelemetryJob;
import io.supernode.exporter.Exporter;
import io.supernode.exporter.ExporterOptions;
import io.supernode.exporter.ListenException;
import io.supernode.exporter.RunInfo;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import io.supernode.ingest.kafka.TopicProvisioner;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Everything between replay and a browser, in this process: a broker (or another's), the job, the exporter. Closed in
 * reverse order.
 */
public final class LocalStack implements AutoCloseable {
    /** Under which the job commits how far it has read, for people who watch consumer lag. */
    private static final String GROUP = "supernode-analytics";

    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
    private static final long READY_SECONDS = 45;

    private final EmbeddedBroker broker;
    private final KafkaEdge edge;
    private final EmbeddedFlink flink;
    private final Exporter exporter;

    private LocalStack(EmbeddedBroker broker, KafkaEdge edge, EmbeddedFlink flink, Exporter exporter) {
        this.broker = broker;
        this.edge = edge;
        this.flink = flink;
        this.exporter = exporter;
    }

    /**
     * Starts all of it and returns when the job runs and the exporter has read the topics.
     *
     * @param kafka a broker elsewhere; empty starts one on the data folder
     * @param listen where the exporter listens, {@code HOST:PORT}; port 0 takes a free one
     * @param token what a request that changes something has to show; empty where none is needed
     * @throws ListenException when the address is taken
     * @throws StackException when a part does not start
     * @throws IOException when the data folder cannot be used
     */
    public static LocalStack start(
            DataFolder data, Optional<KafkaSettings> kafka, String listen, RunInfo info, Optional<String> token)
            throws IOException, StackException, InterruptedException {
        Parts parts = new Parts();
        try {
            int readers = readers();
            CompletableFuture<EmbeddedFlink> flink = CompletableFuture.supplyAsync(() -> startFlink(data, readers));
            parts.flink = flink;
            if (kafka.isEmpty()) {
                parts.broker = EmbeddedBroker.start(data.broker());
            }
            KafkaSettings settings = kafka.orElseGet(() -> KafkaSettings.at(parts.broker.address()));
            parts.edge = KafkaEdge.connect(settings);
            provision(parts.edge, kafka.isEmpty());
            Map<String, Object> consumer = new HashMap<>();
            settings.consumer(Map.of()).forEach((key, value) -> consumer.put((String) key, value));
            ExporterOptions shown = ExporterOptions.withoutKafka()
                    .listen(listen)
                    .kafka(consumer)
                    .info(info);
            parts.exporter = Exporter.start(token.map(shown::token).orElse(shown));
            parts.edge.skipToEnd(GROUP);
            submit(parts.awaitFlink(), settings, data, readers, info.nodesPerRack());
            LocalStack stack = new LocalStack(parts.broker, parts.edge, parts.awaitFlink(), parts.exporter);
            stack.awaitReady();
            return stack;
        } catch (IOException | StackException | RuntimeException | InterruptedException e) {
            parts.close();
            throw e;
        }
    }

    public KafkaEdge edge() {
        return edge;
    }

    public Exporter exporter() {
        return exporter;
    }

    /** Why no more results will come, where that is so. */
    public Optional<String> failure() {
        return flink.failure().map(why -> "the analytics job failed: " + why);
    }

    /**
     * Waits until what the job had found by now is with the exporter. Windows tell by their sums whether any is missing;
     * of anomalies nobody knows how many there are.
     *
     * @param patience how long it may take
     * @return false when it took longer
     */
    public boolean awaitFindings(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        return flink.checkpoint(patience) && exporter.awaitPresent(Duration.ofNanos(deadline - System.nanoTime()));
    }

    @Override
    public void close() {
        exporter.close();
        flink.close();
        edge.close();
        if (broker != null) {
            broker.close();
        }
    }

    private void awaitReady() throws StackException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        Optional<String> waitingFor = Optional.of("the analytics job");
        while (waitingFor.isPresent()) {
            if (failure().isPresent()) {
                throw new StackException(failure().get());
            }
            if (System.nanoTime() > deadline) {
                throw new StackException("not ready within " + READY_SECONDS + " s: " + waitingFor.get());
            }
            TimeUnit.MILLISECONDS.sleep(50);
            waitingFor = flink.isRunning() ? exporter.whyNotReady() : Optional.of("the analytics job does not run yet");
        }
    }

    private static void provision(KafkaEdge edge, boolean create) {
        TopicProvisioner topics = edge.topics(1);
        if (create) {
            topics.create();
        }
        topics.check().requireUsable();
    }

    private static EmbeddedFlink startFlink(DataFolder data, int slots) {
        try {
            return EmbeddedFlink.start(data, slots);
        } catch (StackException e) {
            throw new CompletionException(e);
        }
    }

    private static void submit(
            EmbeddedFlink flink, KafkaSettings settings, DataFolder data, int readers, int nodesPerRack)
            throws StackException, InterruptedException {
        Map<String, String> properties = new TreeMap<>();
        settings.common().forEach((key, value) -> properties.put((String) key, value.toString()));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(EmbeddedFlink.checkpointsIn(data.checkpoints()));
        TelemetryJob.onKafka(
                environment,
                JobOptions.of(settings.bootstrap())
                        .withProperties(properties)
                        .withGroupId(GROUP)
                        // the present ends, committed above: frames sent from now on, and none of an earlier run
                        .withStart(JobOptions.Start.COMMITTED)
                        .withCheckpointInterval(CHECKPOINT_INTERVAL)
                        .withParallelism(readers, readers)
                        .withNodesPerRack(nodesPerRack));
        flink.submit(environment, "supernode telemetry");
    }

    /** One reader keeps up with one supernode at many times its speed; more only where cores are to spare. */
    private static int readers() {
        return Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 4));
    }

    /** What has been started so far. */
    private static final class Parts {
        private EmbeddedBroker broker;
        private KafkaEdge edge;
        private CompletableFuture<EmbeddedFlink> flink;
        private Exporter exporter;

        EmbeddedFlink awaitFlink() throws StackException {
            try {
                return flink.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof StackException cause
                        ? cause
                        : new StackException("the Flink runtime did not start: " + e.getCause(), e);
            }
        }

        void close() {
            if (exporter != null) {
                exporter.close();
            }
            if (flink != null) {
                flink.thenAccept(EmbeddedFlink::close).exceptionally(e -> null).join();
            }
            if (edge != null) {
                edge.close();
            }
            if (broker != null) {
                broker.close();
            }
        }
    }
}
