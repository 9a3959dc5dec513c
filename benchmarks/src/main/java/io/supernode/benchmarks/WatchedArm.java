package io.supernode.benchmarks;

import io.supernode.exporter.Exporter;
import io.supernode.exporter.ExporterOptions;
import io.supernode.exporter.RunInfo;
import io.supernode.machine.Machine;
import io.supernode.scenario.Scenario;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The whole way with an exporter beside it, looked at or not: so many pages that follow its stream, and a scrape a second.
 * The clients are in this process, and what they cost is in the figure too.
 */
final class WatchedArm implements Arm {
    private static final long SCRAPE_MILLIS = 1000;

    private final WholeArm whole;
    private final Broker broker;
    private final int pages;

    private final List<Thread> clients = new ArrayList<>();
    private final AtomicLong states = new AtomicLong();
    private final AtomicLong scrapes = new AtomicLong();
    private Exporter exporter;
    private volatile boolean ended;

    /** @param pages open pages; with none, nobody scrapes either */
    WatchedArm(WholeArm whole, Broker broker, int pages) {
        this.whole = whole;
        this.broker = broker;
        this.pages = pages;
    }

    @Override
    public String name() {
        return pages == 0 ? "unwatched" : "watched";
    }

    @Override
    public String does() {
        return pages == 0
                ? "the whole way and an exporter that nobody asks"
                : "the same with " + pages + " pages open and a scrape each second";
    }

    @Override
    public void prepare() throws Exception {
        whole.prepare();
        exporter = Exporter.start(ExporterOptions.withoutKafka()
                .listen("127.0.0.1:0")
                .kafka(Map.of("bootstrap.servers", broker.address()))
                .info(info()));
        while (exporter.whyNotReady().isPresent()) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        ended = false;
        for (int page = 0; page < pages; page++) {
            client("page-" + page, () -> follow("/api/v1/stream"));
        }
        if (pages > 0) {
            client("scraper", this::scrape);
        }
    }

    private static RunInfo info() {
        Scenario scenario = Scenario.of(Workbench.SCENARIO, Map.of());
        Machine machine = scenario.machine();
        return new RunInfo(
                scenario.name(),
                machine.name(),
                scenario.workload().name(),
                machine.cards(),
                machine.cardsPerNode(),
                machine.topology().nodesPerRack(),
                machine.topology().switchRacks(),
                machine.topology().planes(),
                scenario.answer().peakFlops() / machine.cards(),
                Optional.of(machine.collective()),
                List.of());
    }

    @Override
    public Work run() throws Exception {
        long before = states.get() + scrapes.get();
        Work work = whole.run();
        if (pages > 0 && states.get() + scrapes.get() == before) {
            throw new IllegalStateException("nobody looked");
        }
        return work;
    }

    @Override
    public void finish() throws Exception {
        ended = true;
        if (exporter != null) {
            exporter.close();
            exporter = null;
        }
        for (Thread client : clients) {
            client.join(TimeUnit.SECONDS.toMillis(5));
        }
        clients.clear();
        whole.finish();
    }

    private void client(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        clients.add(thread);
    }

    /** Reads as a page does, and throws away what it reads but for the ends of messages. */
    private void follow(String path) {
        try (InputStream in = open(path)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0 && !ended; n = in.read(buffer)) {
                if (new String(buffer, Math.max(0, n - 2), Math.min(2, n), StandardCharsets.US_ASCII).equals("\n\n")) {
                    states.incrementAndGet();
                }
            }
        } catch (IOException e) {
            if (!ended) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void scrape() {
        try {
            while (!ended) {
                try (InputStream in = open("/metrics")) {
                    in.readAllBytes();
                    scrapes.incrementAndGet();
                }
                TimeUnit.MILLISECONDS.sleep(SCRAPE_MILLIS);
            }
        } catch (IOException e) {
            if (!ended) {
                throw new UncheckedIOException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private InputStream open(String path) throws IOException {
        URI at = URI.create("http://127.0.0.1:" + exporter.address().getPort() + path);
        HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection();
        return connection.getInputStream();
    }
}
