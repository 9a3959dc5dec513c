package io.supernode.exporter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The HTTP side: reads only, a handful of fixed paths, a bounded number of threads. Thread-safe. */
final class HttpFront implements Closeable {
    private static final int THREADS = 8;
    private static final int WAITING = 256;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Map<String, String> FILES = Map.of(
            "/", "live.html",
            "/live.css", "live.css",
            "/live.js", "live.js");

    static {
        // without it small answers wait for the peer's delayed acknowledgement, 40 ms each
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        // a client that sends or reads too slowly, or keeps a connection for nothing, loses it; seconds
        setUnlessSet("sun.net.httpserver.maxReqTime", "5");
        setUnlessSet("sun.net.httpserver.maxRspTime", "10");
        setUnlessSet("sun.net.httpserver.idleInterval", "10");
        setUnlessSet("jdk.httpserver.maxConnections", "512");
    }

    private final HttpServer server;
    private final ThreadPoolExecutor executor;
    private final CollectorRegistry registry;
    private final StateJson json;
    private final ReaderState reader;
    private final HostCheck hosts;

    private HttpFront(HttpServer server, CollectorRegistry registry, StateJson json, ReaderState reader) {
        this.server = server;
        this.registry = registry;
        this.json = json;
        this.reader = reader;
        hosts = new HostCheck(server.getAddress().getAddress());
        AtomicInteger number = new AtomicInteger();
        executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                task -> {
                    Thread thread = new Thread(task, "exporter-http-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                },
                // more than the queue holds: the connection is closed; whoever accepts connections must not be held up
                new ThreadPoolExecutor.AbortPolicy());
        executor.allowCoreThreadTimeOut(true);
        server.setExecutor(executor);
        server.createContext("/", this::handle);
    }

    static HttpFront listen(String host, int port, CollectorRegistry registry, StateJson json, ReaderState reader)
            throws ListenException {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
            HttpFront front = new HttpFront(HttpServer.create(address, 128), registry, json, reader);
            front.server.start();
            return front;
        } catch (UnknownHostException e) {
            throw new ListenException(
                    "cannot listen on " + host + ":" + port + ": unknown host; accepted is a name or address of this"
                            + " machine, such as 127.0.0.1:" + port,
                    e);
        } catch (IOException e) {
            throw new ListenException(
                    "cannot listen on " + host + ":" + port + ": " + e.getMessage()
                            + "; stop what uses the port or choose another with --listen " + host
                            + ":PORT (0 takes a free one)",
                    e);
        }
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!hosts.accepts(exchange.getRequestHeaders().getFirst("Host"))) {
                answer(exchange, 403, TEXT, "must be addressed to localhost or 127.0.0.1, where this listens\n");
                return;
            }
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                answer(exchange, 405, TEXT, "must be GET or HEAD: method=" + method + "\n");
                return;
            }
            String path = exchange.getRequestURI().getPath();
            if (FILES.containsKey(path)) {
                file(exchange, FILES.get(path));
                return;
            }
            switch (path) {
                case "/metrics" -> metrics(exchange);
                case "/healthz" -> health(exchange);
                case "/readyz" -> ready(exchange);
                case "/api/v1/state" -> answer(exchange, 200, "application/json", json.write());
                default -> answer(exchange, 404, TEXT, "not here; known: / /metrics /healthz /readyz /api/v1/state\n");
            }
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        String type = TextFormat.chooseContentType(exchange.getRequestHeaders().getFirst("Accept"));
        ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 20);
        try (Writer writer = new OutputStreamWriter(body, StandardCharsets.UTF_8)) {
            TextFormat.writeFormat(type, writer, registry.metricFamilySamples());
        }
        answer(exchange, 200, type, body.toByteArray());
    }

    private void health(HttpExchange exchange) throws IOException {
        if (reader.isAlive()) {
            answer(exchange, 200, TEXT, "alive\n");
        } else {
            answer(exchange, 503, TEXT, reader.whyNotReady().orElse("dead") + "\n");
        }
    }

    private void ready(HttpExchange exchange) throws IOException {
        String why = reader.whyNotReady().orElse(null);
        if (why == null) {
            answer(exchange, 200, TEXT, "ready\n");
        } else {
            answer(exchange, 503, TEXT, why + "\n");
        }
    }

    private static void file(HttpExchange exchange, String name) throws IOException {
        String type =
                switch (name.substring(name.lastIndexOf('.') + 1)) {
                    case "html" -> "text/html; charset=utf-8";
                    case "css" -> "text/css; charset=utf-8";
                    case "js" -> "text/javascript; charset=utf-8";
                    default -> throw new IllegalStateException("no content type for: " + name);
                };
        try (InputStream in = HttpFront.class.getResourceAsStream(name)) {
            answer(exchange, 200, type, in.readAllBytes());
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        answer(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length == 0 ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
