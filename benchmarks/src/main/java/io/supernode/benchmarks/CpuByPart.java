package io.supernode.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * CPU time of this process while it is open, by what the threads are for. Threads come and go (a Flink job's end with
 * it), so they are looked at every few milliseconds and the last look counts: what a thread used between its last look
 * and its end is missing from its part and shows under {@link Part#MACHINE}, which is the rest up to the process's own
 * figure: garbage collection, compilation, the meter itself.
 */
final class CpuByPart implements AutoCloseable {
    /** What a thread works for. */
    enum Part {
        /** Pulls the next stretch of events from the model. */
        MODEL,
        /** Encodes and hands over: the replay engine, or the raw loop. */
        SEND,
        /** The Kafka producer's network thread: batches, requests. */
        PRODUCER,
        /** The embedded broker. */
        BROKER,
        /** Flink's tasks: source, fold, merge. */
        JOB,
        /** Flink around its tasks. */
        FLINK,
        /** The virtual machine itself, and whatever no thread was seen to use. */
        MACHINE
    }

    private static final long LOOK_MILLIS = 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Map<Long, Long> first = new HashMap<>();
    private final Map<Long, Long> last = new HashMap<>();
    private final Map<Long, Part> parts = new HashMap<>();
    private final long senderId = Thread.currentThread().getId();
    private final long processAtStart;
    private final Thread meter;
    private volatile boolean closed;

    /** Opened by the thread that sends. */
    CpuByPart() {
        processAtStart = system.getProcessCpuTime();
        look(true);
        meter = new Thread(this::lookUntilClosed, "cpu-meter");
        meter.setDaemon(true);
        meter.start();
    }

    /** CPU nanoseconds by part since it was opened. */
    Map<Part, Long> stop() {
        close();
        look(false);
        long process = system.getProcessCpuTime() - processAtStart;
        Map<Part, Long> sums = new TreeMap<>();
        for (Part part : Part.values()) {
            sums.put(part, 0L);
        }
        long seen = 0;
        for (Map.Entry<Long, Long> thread : last.entrySet()) {
            long used = thread.getValue() - first.get(thread.getKey());
            Part part = parts.get(thread.getKey());
            if (part != Part.MACHINE) {
                sums.merge(part, used, Long::sum);
                seen += used;
            }
        }
        sums.put(Part.MACHINE, Math.max(0, process - seen));
        return sums;
    }

    @Override
    public void close() {
        closed = true;
        try {
            meter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookUntilClosed() {
        try {
            while (!closed) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                look(false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look(boolean opening) {
        long[] ids = threads.getAllThreadIds();
        long[] times = threads.getThreadCpuTime(ids);
        for (int i = 0; i < ids.length; i++) {
            if (times[i] < 0) {
                continue; // ended meanwhile
            }
            if (!parts.containsKey(ids[i])) {
                ThreadInfo info = threads.getThreadInfo(ids[i]);
                if (info == null) {
                    continue;
                }
                parts.put(ids[i], ids[i] == senderId ? Part.SEND : partOf(info.getThreadName()));
            }
            // a thread that was born while it is open has used all of its time since
            first.putIfAbsent(ids[i], opening ? times[i] : 0L);
            last.put(ids[i], times[i]);
        }
    }

    private static Part partOf(String thread) {
        if (thread.equals("replay-prefetch")) {
            return Part.MODEL;
        }
        if (thread.startsWith("kafka-producer-network-thread")) {
            return Part.PRODUCER;
        }
        // Flink names a task's thread after its operators and its subtask: "Source: frames -> fold (1/2)#0"
        if (thread.matches(".* \\(\\d+/\\d+\\)#\\d+.*")) {
            return Part.JOB;
        }
        if (thread.startsWith("flink-")
                || thread.startsWith("pekko")
                || thread.startsWith("mini-cluster")
                || thread.startsWith("jobmanager")
                || thread.startsWith("taskmanager")) {
            return Part.FLINK;
        }
        if (thread.startsWith("data-plane-")
                || thread.startsWith("kafka-")
                || thread.startsWith("quorum-controller")
                || thread.startsWith("raft-")
                || thread.startsWith("broker-")
                || thread.startsWith("controller-")
                || thread.contains("metadata-loader")
                || thread.contains("log-cleaner")) {
            return Part.BROKER;
        }
        return Part.MACHINE;
    }
}
