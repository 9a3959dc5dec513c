package io.supernode.ingest;

import io.supernode.event.EventBatch;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Puts any number of events in order, in memory for {@value #IN_MEMORY} of them: more go to temporary files in sorted
 * runs, which are merged when they are read. Fill it, then read it as often as needed. Not thread-safe.
 */
final class EventSorter implements Closeable {
    static final int IN_MEMORY = 1 << 17;

    private static final int BUFFER = 32 << 10;

    private final EventOrder order;
    private final int inMemory;
    private final EventBatch batch = new EventBatch();
    private final List<Path> runs = new ArrayList<>();
    private long size;

    EventSorter(EventOrder order) {
        this(order, IN_MEMORY);
    }

    EventSorter(EventOrder order, int inMemory) {
        this.order = order;
        this.inMemory = inMemory;
    }

    long size() {
        return size;
    }

    /** A copy of an event. */
    void add(EventBatch from, int i) throws IOException {
        if (batch.size() >= inMemory) {
            spill();
        }
        batch.addFrom(from, i, 0);
        size++;
    }

    /** All events in order. Adding more afterwards makes it useless. */
    Sorted sorted() throws IOException {
        return new Sorted();
    }

    @Override
    public void close() throws IOException {
        batch.clear();
        for (Path run : runs) {
            Files.deleteIfExists(run);
        }
        runs.clear();
    }

    private void spill() throws IOException {
        Path run = Files.createTempFile("supernode-import", ".events");
        runs.add(run);
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(run), BUFFER))) {
            for (int i : inOrder()) {
                SpilledEvents.write(batch, i, out);
            }
        }
        batch.clear();
    }

    private int[] inOrder() {
        List<Integer> positions = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            positions.add(i);
        }
        positions.sort((i, j) -> order.compare(batch, i, batch, j)); // stable
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Goes through the events, one at hand at a time. */
    final class Sorted implements Closeable {
        private final PriorityQueue<Run> queue = new PriorityQueue<>(
                Comparator.<Run, Run>comparing(run -> run, (a, b) -> order.compare(a.events, a.at, b.events, b.at))
                        .thenComparingInt(run -> run.number));
        private final List<Run> all = new ArrayList<>();
        private Run current;

        Sorted() throws IOException {
            try {
                for (Path file : runs) {
                    put(new Run(all.size(), file));
                }
                put(new Run(all.size(), inOrder()));
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        /** Goes to the next event; false after the last. */
        boolean advance() throws IOException {
            if (current != null && current.advance()) {
                queue.add(current);
            }
            current = queue.poll();
            return current != null;
        }

        /** Holds the event at hand, at {@link #index}; until the next is asked for. */
        EventBatch events() {
            return current.events;
        }

        int index() {
            return current.at;
        }

        @Override
        public void close() throws IOException {
            for (Run run : all) {
                run.close();
            }
        }

        private void put(Run run) throws IOException {
            all.add(run);
            if (run.advance()) {
                queue.add(run);
            }
        }
    }

    /** Sorted events from a file, or the ones in memory. */
    private final class Run implements Closeable {
        final int number;
        final EventBatch events;
        int at;

        private final DataInputStream in;
        private final int[] positions;
        private int next;
        private int left;

        Run(int number, Path file) throws IOException {
            this.number = number;
            events = new EventBatch(16);
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
            positions = new int[0];
            left = inMemory;
        }

        Run(int number, int[] positions) {
            this.number = number;
            this.positions = positions;
            events = batch;
            in = null;
        }

        boolean advance() throws IOException {
            if (in == null) {
                at = next < positions.length ? positions[next] : at;
                return next++ < positions.length;
            }
            if (left-- <= 0) {
                return false;
            }
            events.clear();
            SpilledEvents.read(in, events);
            return true;
        }

        @Override
        public void close() throws IOException {
            if (in != null) {
                in.close();
            }
        }
    }
}
