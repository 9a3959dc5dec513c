package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.Fabric;
import io.supernode.replay.FrameSink;
import io.supernode.replay.Playback;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import io.supernode.replay.ReplaySource;
import io.supernode.replay.Speed;
import io.supernode.replay.TraceEvents;
import io.supernode.replay.TraceMetadata;
import io.supernode.replay.TraceSummary;
import io.supernode.replay.TraceWriter;
import io.supernode.schemas.FrameHeader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A recording of others that is larger than the heap is imported, replayed and sought in; a trace file that is larger
 * than the heap is written, replayed and sought in. Every day 100 MB in a heap of 96; on purpose {@code
 * -Dlarge.megabytes=2000 -Dlarge.heap=256m}.
 */
@Timeout(1_200)
class LargeRecordingTest {
    private static final int SEEKS = 50;
    private static final int EVENTS_PER_STRETCH = 10_000;
    private static final long STRETCH_NANOS = 250_000_000;
    private static final String KERNEL =
            "void cutlass::Kernel2<cutlass_80_tensorop_bf16_s16816gemm_relu_bf16_256x128_32x3_nn>";
    private static final String COLLECTIVE =
            "ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)";

    @TempDir
    Path folder;

    @Test
    void aRecordingLargerThanTheHeapIsImportedReplayedAndSoughtIn() throws Exception {
        assertThat(said("recording")).contains("imported", "replayed", "sought");
    }

    @Test
    void aTraceLargerThanTheHeapIsReplayedAndSoughtIn() throws Exception {
        assertThat(said("trace")).contains("traced", "replayed", "sought");
    }

    /** What the process with the small heap says. */
    private String said(String what) throws Exception {
        long bytes = Long.getLong("large.megabytes", 100) * 1_000_000;
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + System.getProperty("large.heap", "96m"),
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.io.tmpdir=" + folder,
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeRecordingTest.class.getName(),
                        what,
                        folder.toString(),
                        Long.toString(bytes))
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            System.out.print(said);
            assertThat(process.waitFor()).as(said).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    /** The process with the small heap. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[1]);
        Path trace = folder.resolve("large.avro");
        long bytes = Long.parseLong(arguments[2]);
        long events =
                switch (arguments[0]) {
                    case "recording" -> imported(folder.resolve("large.json"), bytes, trace);
                    case "trace" -> traced(bytes, trace);
                    default -> throw new IllegalArgumentException(arguments[0]);
                };
        long begun = System.nanoTime();
        ReplayReport replayed = replay(trace, Playback.WHOLE);
        assertThat(replayed.sentEvents()).isEqualTo(events);
        assertThat(replayed.digest())
                .isEqualTo(TraceSummary.of(trace, false).digest())
                .hasSize(32);
        say("replayed: %,d events, and read again for their digest", begun, replayed.sentEvents());

        seek(trace, replayed.eventNanos());
    }

    private static long imported(Path recording, long bytes, Path trace) throws IOException {
        long begun = System.nanoTime();
        long events = write(recording, bytes);
        say("written: %,d events, %,d MB", begun, events, Files.size(recording) / 1_000_000);

        begun = System.nanoTime();
        ImportReport report = Importers.importFile(recording, "kineto", trace, ImportProgress.SILENT);
        assertThat(report.events()).isEqualTo(events);
        say("imported: %,d MB of trace", begun, Files.size(trace) / 1_000_000);
        Files.delete(recording);
        return events;
    }

    /** Transfers of which nothing repeats, so that they do not pack. */
    private static long traced(long bytes, Path trace) throws IOException {
        long begun = System.nanoTime();
        SplittableRandom random = new SplittableRandom(11);
        long[] events = {0};
        try (TraceWriter writer = TraceWriter.create(trace, TraceMetadata.of("supernode", 0))) {
            writer.addEvents(
                    new EventSource() {
                        private long throughNanos;

                        @Override
                        public boolean next(EventBatch batch) {
                            batch.clear();
                            if (writer.partBytes() >= bytes) {
                                return false;
                            }
                            for (int i = 0; i < EVENTS_PER_STRETCH; i++) {
                                long duration = random.nextLong(STRETCH_NANOS);
                                batch.addBus(
                                        random.nextInt(384),
                                        BusOp.ALL_REDUCE,
                                        Fabric.BUS,
                                        random.nextInt(1 << 20),
                                        random.nextInt(2, 384),
                                        -1,
                                        throughNanos + random.nextLong(STRETCH_NANOS) - duration,
                                        duration,
                                        random.nextLong(duration + 1),
                                        random.nextLong(1L << 50),
                                        random.nextLong(1L << 50),
                                        random.nextInt(1 << 20),
                                        random.nextInt(1 << 20),
                                        random.nextInt(64));
                            }
                            events[0] += EVENTS_PER_STRETCH;
                            throughNanos += STRETCH_NANOS;
                            return true;
                        }

                        @Override
                        public long throughNanos() {
                            return throughNanos;
                        }
                    },
                    8);
        }
        say("traced: %,d events, %,d MB", begun, events[0], Files.size(trace) / 1_000_000);
        return events[0];
    }

    private static void seek(Path trace, long spanNanos) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        long[] took = new long[SEEKS];
        EventBatch batch = new EventBatch();
        for (int i = 0; i < SEEKS; i++) {
            long to = random.nextLong(spanNanos);
            long begun = System.nanoTime();
            try (TraceEvents events = TraceEvents.open(trace, to)) {
                boolean found = false;
                while (!found && events.next(batch)) {
                    for (int k = 0; k < batch.size() && !found; k++) {
                        found = batch.endNanos(k) >= to;
                    }
                }
                assertThat(found).isTrue();
            }
            took[i] = System.nanoTime() - begun;
        }
        Arrays.sort(took);
        long begun = System.nanoTime();
        long from = spanNanos / 2;
        ReplayReport section = replay(trace, Playback.WHOLE.from(from).until(from + spanNanos / 1_000));
        assertThat(section.sentEvents()).isPositive();
        say(
                "sought: p50 %.1f ms, max %.1f ms to an event anywhere; a thousandth replayed from the middle",
                begun, took[SEEKS / 2] / 1e6, took[SEEKS - 1] / 1e6);
    }

    private static ReplayReport replay(Path trace, Playback playback) {
        ReplayOptions options =
                ReplayOptions.of(1).speed(Speed.MAX).playback(playback).build();
        return new ReplayEngine(options, ReplaySource.ofTrace(trace), NOWHERE, ReplayClock.system()).run();
    }

    private static final FrameSink NOWHERE = new FrameSink() {
        @Override
        public void send(EventKind kind, FrameHeader header, byte[] frame) {}

        @Override
        public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private static void say(String what, long begunNanos, Object... figures) {
        System.out.printf(
                Locale.ROOT,
                what + " (%.1f s, heap of %d MB)%n",
                and(
                        figures,
                        (System.nanoTime() - begunNanos) / 1e9,
                        Runtime.getRuntime().maxMemory() >> 20));
    }

    private static Object[] and(Object[] figures, Object... more) {
        Object[] all = Arrays.copyOf(figures, figures.length + more.length);
        System.arraycopy(more, 0, all, figures.length, more.length);
        return all;
    }

    /** As PyTorch's profiler writes it: kernels out of order by up to 64, one in ten of them a collective. */
    private static long write(Path file, long bytes) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        long events = 0;
        long written = 0;
        StringBuilder line = new StringBuilder();
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(
                    "{\"schemaVersion\": 1, \"distributedInfo\": {\"backend\": \"nccl\", \"rank\": 0, \"world_size\": 1},"
                            + "\n\"traceEvents\": [\n");
            for (; written < bytes; events++) {
                long at = 10 * (events + random.nextInt(64));
                line.setLength(0);
                line.append("{\"ph\": \"X\", \"cat\": \"kernel\", \"name\": \"")
                        .append(events % 10 == 0 ? COLLECTIVE : KERNEL)
                        .append("\", \"pid\": 0, \"tid\": 7, \"ts\": ")
                        .append(at)
                        .append('.')
                        .append(100 + random.nextInt(900))
                        .append(", \"dur\": 8.5, \"args\": {\"External id\": ")
                        .append(events)
                        .append(
                                ", \"device\": 0, \"stream\": 7, \"registers per thread\": 238, \"grid\": [72, 4, 1]}},\n");
                out.append(line);
                written += line.length();
            }
            out.write("{\"ph\": \"i\", \"name\": \"Record Window End\", \"ts\": 1}\n],\n"
                    + "\"baseTimeNanoseconds\": 1711964646000000000}\n");
        }
        return events;
    }
}
