package io.supernode.exporter;

import io.prometheus.client.CollectorRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Windows in, {@code /metrics} and a live page out. It keeps nothing on disk: started again, it reads the topics from
 * their beginning and arrives at the same figures. Thread-safe.
 */
public final class Exporter implements Closeable {
    private static final long CLOSE_MILLIS = 1_500;

    private final ExporterOptions options;
    private final WindowStore store;
    private final DeadLetters deadLetters;
    private final ReaderState state;
    private final HttpFront http;
    private final ControlApi control;
    private final TopicReader reader;
    private final Thread readerThread;

    private Exporter(
            ExporterOptions options,
            WindowStore store,
            DeadLetters deadLetters,
            ReaderState state,
            HttpFront http,
            ControlApi control,
            TopicReader reader,
            Thread readerThread) {
        this.options = options;
        this.store = store;
        this.deadLetters = deadLetters;
        this.state = state;
        this.http = http;
        this.control = control;
        this.reader = reader;
        this.readerThread = readerThread;
    }

    /**
     * Listens first, then reads: returns at once, whether or not the broker answers ({@link #whyNotReady()} tells).
     *
     * @throws ListenException when the address cannot be listened on
     */
    public static Exporter start(ExporterOptions options) throws ListenException {
        return start(options, new WindowStore());
    }

    static Exporter start(ExporterOptions options, WindowStore store) throws ListenException {
        boolean reads = !options.kafka().isEmpty();
        DeadLetters deadLetters = new DeadLetters();
        ReaderState state = new ReaderState(reads ? "the topics have not been looked at yet" : null);
        CollectorRegistry registry = new CollectorRegistry();
        new WindowCollector(store, options.info(), deadLetters, state).register(registry);
        ControlApi control = new ControlApi(new ControlLog());
        new ReplayCollector(control).register(registry);
        WriteCheck writes = new WriteCheck(options.token());
        StateJson json = new StateJson(store, options.info(), deadLetters, state, control, writes.needsToken());
        HttpFront http =
                HttpFront.listen(options.listenHost(), options.listenPort(), registry, json, state, control, writes);
        if (!reads) {
            return new Exporter(options, store, deadLetters, state, http, control, null, null);
        }
        TopicReader reader = new TopicReader(options.kafka(), store, deadLetters, state);
        Thread thread = new Thread(reader, "exporter-reader");
        thread.setDaemon(true);
        thread.start();
        return new Exporter(options, store, deadLetters, state, http, control, reader, thread);
    }

    /** Where it listens; the port is the real one, also where 0 was asked for. */
    public InetSocketAddress address() {
        return http.address();
    }

    public WindowStore store() {
        return store;
    }

    /**
     * Writes what a run's metrics were over its own event time as OpenMetrics text, from the topics as they are now.
     *
     * @param everyNanos event time between two samples of a series, &gt; 0
     * @return number of samples written
     * @throws IOException when the file cannot be written
     * @throws IllegalStateException when this exporter reads no topics
     */
    public long writeHistory(long run, long everyNanos, Path file) throws IOException {
        if (reader == null) {
            throw new IllegalStateException("reads no topics");
        }
        return HistoryReader.write(options.kafka(), run, options.info(), everyNanos, file);
    }

    /** Lets the page control what is replayed, from now on. */
    public void control(Controls controls) {
        control.take(controls);
    }

    /** There is nothing to control any more. */
    public void endControl() {
        control.take(null);
    }

    /** Pages that are open. */
    int streamClients() {
        return http.streamClients();
    }

    public DeadLetters deadLetters() {
        return deadLetters;
    }

    /** Empty once the topics have been read to the end they had at the start, and while the broker answers. */
    public Optional<String> whyNotReady() {
        return state.whyNotReady();
    }

    /** Records of the topics that are not read yet, as of the last look, at most two seconds ago. */
    public long recordsBehind() {
        return state.behind();
    }

    /**
     * Waits until all that the topics hold now has been read.
     *
     * @param patience how long it may take
     * @return false when it took longer, or this exporter reads no topics
     */
    public boolean awaitPresent(Duration patience) throws InterruptedException {
        if (reader == null) {
            return false;
        }
        try {
            reader.readToPresent().get(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** Stops everything within two seconds. */
    @Override
    public void close() {
        http.close();
        if (reader == null) {
            return;
        }
        reader.close();
        try {
            readerThread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
