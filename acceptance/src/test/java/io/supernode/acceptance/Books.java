package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.exporter.Exporter;
import io.supernode.exporter.ExporterOptions;
import io.supernode.exporter.ListenException;
import io.supernode.exporter.RunFigures;
import io.supernode.exporter.WindowStore;
import io.supernode.ingest.kafka.DeadLetterCounter;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.Topic;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.InMemoryWindows;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The books of a broker's newest run: what its event topics hold, put into windows in one thread and in memory, against
 * the windows that the job wrote. Equal digests mean that every window of every card is equal, to the last byte sent.
 */
final class Books implements AutoCloseable {
    private static final long LATENESS_NANOS = 3_600_000_000_000L;
    /** Of the reference machine, as the job has it unless it is told otherwise. */
    private static final int NODES_PER_RACK = 4;

    private final String bootstrap;
    private final Exporter exporter;
    private final KafkaEdge edge;
    private final DeadLetterCounter deadLetters;

    private record Frame(EventKind kind, FrameHeader header, byte[] bytes) {
        String number() {
            return kind + " " + header.node() + " " + header.sequence();
        }
    }

    /** @param inTopics events of the run in the topics, those of frames that were sent again included */
    private record Sent(long run, EventDigest events, RunFigures windows, long inTopics) {}

    /** Reads the windows from now on and until it is closed. */
    Books(String bootstrap) {
        this.bootstrap = bootstrap;
        try {
            exporter = Exporter.start(ExporterOptions.reading(bootstrap).listen("127.0.0.1:0"));
        } catch (ListenException e) {
            throw new AssertionError(e);
        }
        edge = KafkaEdge.connect(KafkaSettings.at(bootstrap));
        deadLetters = edge.deadLetters();
    }

    /** Waits until the job has written all windows of the newest run, and compares. @param report of the replay */
    RunFigures mustBalance(String after, JsonNode report, Duration limit) {
        Sent sent = sent();
        assertThat(sent.events().count())
                .as("events in the topics")
                .isEqualTo(report.path("events").path("sent").asLong());
        assertThat(sent.events().hex())
                .isEqualTo(report.path("digest").path("events").asText());
        RunFigures expected = sent.windows();
        long deadline = System.nanoTime() + limit.toNanos();
        RunFigures got = got(sent.run());
        while (!got.digestWindows().equals(expected.digestWindows()) && System.nanoTime() < deadline) {
            pause();
            got = got(sent.run());
        }
        long putAside = deadLetters.count(sent.run(), limit).events();
        String line = String.format(
                "%s: in the topics %d = windowed %d + dead-lettered %d events; sent %d, windowed %d bytes in %d windows;"
                        + " digest %s, expected %s",
                after,
                sent.inTopics(),
                got.windowedEvents(),
                putAside,
                expected.totals().sentBytes(),
                got.totals().sentBytes(),
                got.windows(),
                got.digestWindows(),
                expected.digestWindows());
        System.out.println(line);
        assertThat(got.windowedEvents()).as(line).isEqualTo(sent.events().count());
        assertThat(got.windowedEvents() + putAside).as(line).isEqualTo(sent.inTopics());
        assertThat(got.totals()).as(line).isEqualTo(expected.totals());
        assertThat(got.windows()).as(line).isEqualTo(expected.windows());
        assertThat(got.digestWindows()).as(line).isEqualTo(expected.digestWindows());
        return got;
    }

    /** Frames of compute events that the broker has been given. */
    long computeFrames() {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topic.COMPUTE.topicName()).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    /** Frames put aside so far by that part of the job. */
    long putAside(String stage) {
        return exporter.deadLetters().bySource().entrySet().stream()
                .filter(entry -> entry.getKey().stage().equals(stage))
                .mapToLong(entry -> entry.getValue().frames())
                .sum();
    }

    private RunFigures got(long run) {
        return exporter.store().figures(run).orElse(RunFigures.none(run));
    }

    private Sent sent() {
        List<Frame> frames = new ArrayList<>();
        for (EventKind kind : EventKind.values()) {
            frames.addAll(read(kind));
        }
        FrameHeader newest = frames.stream()
                .map(Frame::header)
                .max(Comparator.comparingLong(FrameHeader::originEpochNanos))
                .orElseThrow();
        WindowStore store = new WindowStore();
        InMemoryWindows windows = new InMemoryWindows(
                newest.run(),
                newest.supernode(),
                newest.originEpochNanos(),
                LATENESS_NANOS,
                NODES_PER_RACK,
                new WindowSink() {
                    @Override
                    public void throughput(ThroughputWindow window) {
                        store.accept(window);
                    }

                    @Override
                    public void latency(LatencyWindow window) {
                        store.accept(window);
                    }
                });
        EventDigest digest = new EventDigest();
        Set<String> numbers = new HashSet<>();
        long inTopics = 0;
        for (Frame frame : frames) {
            if (frame.header().run() != newest.run() || frame.header().isHeartbeat()) {
                continue;
            }
            EventBatch batch = new EventBatch();
            try {
                new FrameReader(frame.kind()).read(frame.bytes(), batch);
            } catch (UnreadableException e) {
                throw new AssertionError(e);
            }
            inTopics += batch.size();
            if (numbers.add(frame.number())) { // a frame is what its number says: sent again, it is the same frame
                for (int i = 0; i < batch.size(); i++) {
                    digest.add(batch, i);
                }
                windows.fold(frame.header().node(), batch);
            }
        }
        windows.finish();
        return new Sent(
                newest.run(), digest, store.figures(newest.run()).orElse(RunFigures.none(newest.run())), inTopics);
    }

    /** All frames of a kind; what is no frame is left out. */
    private List<Frame> read(EventKind kind) {
        List<Frame> frames = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer
                    .partitionsFor(Topic.of(kind).topicName())
                    .stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            FrameReader reader = new FrameReader(kind);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(5))) {
                    try {
                        frames.add(new Frame(kind, reader.header(record.value()), record.value()));
                    } catch (UnreadableException e) {
                        // a test puts garbage between the frames
                    }
                }
            }
        }
        return frames;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        deadLetters.close();
        edge.close();
        exporter.close();
    }
}
