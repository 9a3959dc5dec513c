package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.exporter.RunFigures;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameWriter;
import io.supernode.schemas.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * On containers of their own, one part after the other is killed in the middle of a replay and started again, as a
 * restart policy would. Afterwards the windows are those that one thread makes of what was sent.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FailureIT {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final List<String> SERVICES =
            List.of("disk", "kafka", "topics", "jobmanager", "taskmanager", "exporter");

    /** Long enough for a disk to be filled on the way. */
    private static final String[] AT_ITS_TIME = {"--speed", "1x", "--duration", "36s"};

    @TempDir
    static Path folder;

    private static ComposeStack stack;
    private static Books books;

    @BeforeAll
    static void up() {
        Requirement.CONTAINERS.demand(Tool.hasContainers());
        stack = new ComposeStack("failures").over("small-disk.yaml");
        stack.up(SERVICES);
        stack.until("the job runs on the Flink cluster", LIMIT, stack::jobRuns);
        books = new Books(stack.bootstrap());
    }

    @AfterAll
    static void down() {
        if (books != null) {
            books.close();
        }
        if (stack != null) {
            stack.close();
        }
    }

    /** What is done to the stack while a replay runs. */
    private interface Damage {
        void happens() throws Exception;
    }

    /** 24 s of event time in 12 s; the damage comes when a good part of it has been sent. */
    private static RunFigures replayed(String what, Damage damage) throws Exception {
        return replayed(what, damage, "--speed", "2x", "--duration", "24s");
    }

    private static RunFigures replayed(String what, Damage damage, String... pace) throws Exception {
        long before = books.computeFrames();
        try (Running replay = replay(pace)) {
            replay.until("frames", LIMIT, () -> books.computeFrames() > before + 150);
            damage.happens();
            assertThat(replay.await(LIMIT).exitCode()).as(replay::toString).isZero();
        }
        JsonNode report = Supernode.parse(folder.resolve("r.json"));
        return books.mustBalance(what, report, LIMIT);
    }

    private static Running replay(String... more) {
        List<String> words = new ArrayList<>(List.of("replay", "--kafka", stack.bootstrap(), "--cards", "0-63"));
        words.addAll(List.of("--report", "r.json", "--quiet"));
        words.addAll(List.of(more));
        return Supernode.start(folder, words.toArray(String[]::new));
    }

    private static void kill(String service) {
        stack.must("kill", "-s", "SIGKILL", service);
        stack.must("start", service);
    }

    @Test
    void aKilledTaskManager() throws Exception {
        replayed("task manager killed", () -> kill("taskmanager"));
    }

    @Test
    void aKilledJobManager() throws Exception {
        replayed("job manager killed", () -> kill("jobmanager"));
    }

    @Test
    void aKilledBroker() throws Exception {
        replayed("broker killed", () -> kill("kafka"));
    }

    @Test
    void aBrokerThatDoesNotAnswerForTenSeconds() throws Exception {
        replayed("broker paused for 10 s", () -> {
            stack.must("pause", "kafka");
            TimeUnit.SECONDS.sleep(10);
            stack.must("unpause", "kafka");
        });
    }

    @Test
    void aBrokerThatIsCutOffTheNetworkForTenSeconds() throws Exception {
        replayed("broker cut off for 10 s", () -> {
            stack.cutOff("kafka");
            TimeUnit.SECONDS.sleep(10);
            stack.connect("kafka");
        });
    }

    /** The broker ends itself, for it has no other disk, and is started again until it can write: senders are told to wait. */
    @Test
    void aDiskThatIsFullForTenSeconds() throws Exception {
        Path patient = Files.writeString(
                folder.resolve("patient.properties"), "delivery.timeout.ms=120000\nmax.block.ms=120000\n");
        replayed(
                "broker's disk full for 10 s",
                () -> {
                    fillDisk();
                    TimeUnit.SECONDS.sleep(10);
                    freeDisk();
                },
                with("--kafka-config", patient.toString()));
    }

    private static String[] with(String... more) {
        return Stream.concat(Arrays.stream(AT_ITS_TIME), Arrays.stream(more)).toArray(String[]::new);
    }

    private static void fillDisk() {
        stack.exec("disk", "sh", "-c", "dd if=/dev/zero of=/var/lib/kafka/data/filler bs=64k 2>/dev/null; true");
    }

    /** Makes room, and waits until the broker that its restart policy starts again answers. */
    private static void freeDisk() {
        stack.exec("disk", "rm", "-f", "/var/lib/kafka/data/filler");
        stack.until("the broker answers again", LIMIT, FailureIT::brokerAnswers);
    }

    private static boolean brokerAnswers() {
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers",
                stack.bootstrap(),
                "request.timeout.ms",
                2_000,
                "default.api.timeout.ms",
                3_000))) {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void aKilledExporterArrivesAtTheSameTotals() throws Exception {
        RunFigures figures = replayed("exporter killed", () -> kill("exporter"));
        stack.until(
                "the exporter has all events again",
                LIMIT,
                () -> exported("supernode_events_total") == figures.windowedEvents());
        assertThat(exported("supernode_bus_sent_bytes_total"))
                .isEqualTo((double) figures.totals().sentBytes());
    }

    /** The sum of a metric's series. */
    private static double exported(String metric) {
        return Http.get(stack.exporterUri() + "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void garbageOversizedAndFutureFrames() throws Exception {
        long undecoded = books.putAside("decode");
        long refused = books.putAside("check");
        replayed("garbage", () -> {
            try (var producer = new KafkaProducer<>(
                    Map.<String, Object>of(
                            "bootstrap.servers",
                            stack.bootstrap(),
                            "compression.type",
                            "lz4",
                            "max.request.size",
                            32 << 20),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                byte[] future = futureFrame();
                for (byte[] bytes : List.of(
                        new byte[0],
                        "not a frame".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        Arrays.copyOf(future, future.length - 3),
                        new byte[8 << 20], // compressed, it passes the broker
                        future)) {
                    producer.send(new ProducerRecord<>(Topic.STEP.topicName(), 0, null, bytes))
                            .get();
                }
                byte[] noise = new byte[3 << 20];
                new java.util.Random(1).nextBytes(noise);
                assertThat(producer.send(new ProducerRecord<>(Topic.STEP.topicName(), 0, null, noise)))
                        .as("the broker refuses it")
                        .failsWithin(LIMIT)
                        .withThrowableThat()
                        .withCauseInstanceOf(RecordTooLargeException.class);
            }
        });
        stack.until(
                "all of it put aside",
                LIMIT,
                () -> books.putAside("decode") == undecoded + 4 && books.putAside("check") == refused + 1);
    }

    /** A step event of two days from now, sent now, of a run of its own. */
    private static byte[] futureFrame() {
        long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        long ahead = TimeUnit.DAYS.toNanos(2);
        EventBatch one = new EventBatch();
        one.addStep(7, 0, ahead, 1, 0, 1, 1);
        FrameWriter writer = new FrameWriter(EventKind.STEP);
        writer.begin(ahead + 1);
        writer.append(one, 0);
        return writer.finish(new FrameHeader(
                666, 0, 0, 0, now - TimeUnit.HOURS.toNanos(1), now, ahead + 1, ahead + TimeUnit.HOURS.toNanos(1)));
    }
}
