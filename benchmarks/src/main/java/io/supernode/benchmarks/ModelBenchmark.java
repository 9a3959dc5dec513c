package io.supernode.benchmarks;

import com.sun.management.ThreadMXBean;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.scenario.Scenario;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The model and the encoding alone, on one thread: events are made, put in the order of time and written into frames of at most
 * 64 KiB, one row per scenario, granularity and number of cards. Time is the thread's own processor time, allocation what the
 * virtual machine counts for the thread; frames are allocated because a sink keeps them, and are counted apart. A row is
 * measured several times after its warm-up: the best tells what the code needs, the middle how much of the processor others
 * had.
 *
 * <p>Arguments: {@code [--events 4000000] [--rounds 5]}, events of a round.
 */
public final class ModelBenchmark {
    private static final EventKind[] KINDS = EventKind.values();
    private static final int FRAME_BYTES = 64 << 10;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ModelBenchmark() {}

    /**
     * @param events of all rounds
     * @param rates of the rounds, events a second of the thread's processor time, ascending
     * @param allocatedBytes of the thread in all rounds, frames included
     * @param frameBytes of all frames
     */
    record Row(String name, int cards, long events, double[] rates, long allocatedBytes, long frameBytes) {
        double best() {
            return rates[rates.length - 1];
        }

        double median() {
            return rates[rates.length / 2];
        }

        /** Without the frames themselves. */
        double bytesPerEvent() {
            return (double) (allocatedBytes - frameBytes) / events;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-32s %5d cards  best %5.2f M events/s, median %5.2f  %5.1f B a frame's event  %6.3f B allocated"
                            + " beside, an event",
                    name,
                    cards,
                    best() / 1e6,
                    median() / 1e6,
                    (double) frameBytes / events,
                    bytesPerEvent());
        }
    }

    public static void main(String[] arguments) {
        long events = 4_000_000;
        int rounds = 5;
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 < arguments.length && arguments[i].equals("--events")) {
                events = Long.parseLong(arguments[i + 1]);
            } else if (i + 1 < arguments.length && arguments[i].equals("--rounds")) {
                rounds = Integer.parseInt(arguments[i + 1]);
            } else {
                System.err.println("must be [--events N] [--rounds N]: " + String.join(" ", arguments));
                System.exit(2);
            }
        }
        for (Map.Entry<String, Scenario> each : scenarios().entrySet()) {
            System.out.println(measure(each.getKey(), each.getValue(), events, rounds));
        }
    }

    private static Map<String, Scenario> scenarios() {
        Map<String, Scenario> all = new LinkedHashMap<>();
        all.put("llama3-405b stage", Scenario.of("llama3-405b", Map.of()));
        all.put("llama3-405b collective", Scenario.of("llama3-405b", Map.of("granularity", "collective")));
        all.put("llama3-405b operation", Scenario.of("llama3-405b", Map.of("granularity", "operation")));
        all.put("deepseek-v3 stage", Scenario.of("deepseek-v3", Map.of()));
        all.put("deepseek-v3 operation", Scenario.of("deepseek-v3", Map.of("granularity", "operation")));
        for (int replicas : new int[] {3, 6, 12, 24}) {
            String cards = String.valueOf(32 * replicas);
            all.put(
                    "llama3-70b stage " + cards,
                    Scenario.of(
                            "llama3-70b",
                            Map.of(
                                    "machine.cards", cards,
                                    "layout.dp", String.valueOf(replicas),
                                    "layout.globalBatchTokens", String.valueOf(8192 * 42 * replicas))));
        }
        for (int cards : new int[] {48, 96, 192, 384}) {
            String count = String.valueOf(cards);
            all.put(
                    "deepseek-r1-decode operation " + count,
                    Scenario.of(
                            "deepseek-r1-decode",
                            Map.of("granularity", "operation", "machine.cards", count, "decode.cards", count)));
        }
        return all;
    }

    /** As many events as a round has warm up. */
    static Row measure(String name, Scenario scenario, long events, int rounds) {
        Encoding encoding = new Encoding(scenario);
        encoding.through(events);
        long id = Thread.currentThread().getId();
        long before = encoding.events;
        long frames = encoding.frameBytes;
        long allocated = THREADS.getThreadAllocatedBytes(id);
        double[] rates = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long from = encoding.events;
            long start = THREADS.getCurrentThreadCpuTime();
            encoding.through(from + events);
            rates[round] = (encoding.events - from) / ((THREADS.getCurrentThreadCpuTime() - start) * 1e-9);
        }
        Arrays.sort(rates);
        return new Row(
                name,
                scenario.machine().cards(),
                encoding.events - before,
                rates,
                THREADS.getThreadAllocatedBytes(id) - allocated,
                encoding.frameBytes - frames);
    }

    /** A run and the frames of its nodes. */
    private static final class Encoding {
        private final EventSource source;
        private final int cardsPerNode;
        private final EventBatch batch = new EventBatch();
        /** By node and kind. */
        private final List<FrameWriter> writers = new ArrayList<>();

        private int[] order = new int[0];
        private long sequence;
        private long baseNanos;
        private long events;
        private long frameBytes;

        Encoding(Scenario scenario) {
            source = scenario.events();
            cardsPerNode = scenario.machine().cardsPerNode();
            for (int node = 0; node < scenario.machine().cards() / cardsPerNode; node++) {
                for (EventKind kind : KINDS) {
                    writers.add(new FrameWriter(kind));
                }
            }
        }

        void through(long count) {
            while (events < count) {
                baseNanos = source.throughNanos();
                source.next(batch);
                encode();
            }
        }

        private void encode() {
            for (FrameWriter writer : writers) {
                writer.begin(baseNanos);
            }
            order = batch.timeOrder(order);
            for (int k = 0; k < batch.size(); k++) {
                int i = order[k];
                int group = batch.card(i) / cardsPerNode * KINDS.length
                        + batch.kind(i).ordinal();
                FrameWriter writer = writers.get(group);
                writer.append(batch, i);
                if (writer.sizeBytes() > FRAME_BYTES) {
                    finish(group, writer);
                }
            }
            for (int group = 0; group < writers.size(); group++) {
                if (writers.get(group).eventCount() > 0) {
                    finish(group, writers.get(group));
                }
            }
            events += batch.size();
        }

        private void finish(int group, FrameWriter writer) {
            frameBytes += writer.finish(new FrameHeader(
                            1, 0, group / KINDS.length, sequence++, 0, baseNanos, baseNanos, source.throughNanos()))
                    .length;
        }
    }
}
