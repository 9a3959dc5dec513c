package io.supernode.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The HTTP side: a handful of fixed paths, two of which change something. Threads, clients and bodies are bounded, and
 * streams have threads of their own, so that nobody who looks keeps a scrape waiting. Thread-safe.
 */
final class HttpFront implements Closeable {
    /** So many that clients which dribble their requests do not hold all of them before they are dropped. */
    private static final int THREADS = 64;

    private static final int WAITING = 256;
    /** Answers of a megabyte that are made at the same time. */
    private static final int SCRAPES = 4;

    private static final int BODY_BYTES_MAX = 4096;
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final Pattern CARD = Pattern.compile("supernode=([0-9]{1,9})&card=([0-9]{1,9})");
    private static final String KNOWN =
            "not here; known: / /metrics /healthz /readyz /api/v1/state /api/v1/stream /api/v1/card /api/v1/traffic, POST /api/v1/replay"
                    + " /api/v1/disturbances\n";

    static {
        // without it small answers wait for the peer's delayed acknowledgement, 40 ms each
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        // a client that sends too slowly, or keeps a connection for nothing, loses it; seconds
        setUnlessSet("sun.net.httpserver.maxReqTime", "5");
        setUnlessSet("sun.net.httpserver.idleInterval", "10");
        setUnlessSet("jdk.httpserver.maxConnections", "512");
    }

    private final HttpServer server;
    private final ThreadPoolExecutor executor;
    private final Semaphore scrapes = new Semaphore(SCRAPES);
    private final SlowClients slow = new SlowClients(SLOW_NANOS);
    private final CollectorRegistry registry;
    private final StateJson json;
    private final ReaderState reader;
    private final ControlApi control;
    private final StateStream stream;
    private final HostCheck hosts;
    private final WriteCheck writes;

    private HttpFront(
            HttpServer server,
            CollectorRegistry registry,
            StateJson json,
            ReaderState reader,
            ControlApi control,
            WriteCheck writes) {
        this.server = server;
        this.registry = registry;
        this.json = json;
        this.reader = reader;
        this.control = control;
        this.writes = writes;
        stream = new StateStream(json::write, slow);
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

    static HttpFront listen(
            String host,
            int port,
            CollectorRegistry registry,
            StateJson json,
            ReaderState reader,
            ControlApi control,
            WriteCheck writes)
            throws ListenException {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
            HttpFront front = new HttpFront(HttpServer.create(address, 128), registry, json, reader, control, writes);
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

    int streamClients() {
        return stream.clients();
    }

    @Override
    public void close() {
        stream.close();
        server.stop(0);
        executor.shutdownNow();
        slow.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        boolean streams = false;
        try {
            streams = handled(exchange);
        } finally {
            if (!streams) {
                exchange.close();
            }
        }
    }

    /** @return whether the exchange goes on, in another thread */
    private boolean handled(HttpExchange exchange) throws IOException {
        if (!hosts.accepts(exchange.getRequestHeaders().getFirst("Host"))) {
            answer(exchange, 403, TEXT, "must be addressed to localhost or 127.0.0.1, where this listens\n");
            return false;
        }
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        String allowed =
                switch (path) {
                    case "/api/v1/replay" -> "POST";
                    case "/api/v1/disturbances" -> "GET, HEAD, POST";
                    default -> "GET, HEAD";
                };
        if (!List.of(allowed.split(", ")).contains(method)) {
            exchange.getResponseHeaders().set("Allow", allowed);
            answer(exchange, 405, TEXT, "must be " + allowed.replace(", ", " or ") + ": method=" + method + "\n");
            return false;
        }
        switch (path) {
            case "/metrics" -> metrics(exchange);
            case "/healthz" -> health(exchange);
            case "/readyz" -> ready(exchange);
            case "/api/v1/state" -> answer(exchange, 200, JSON, json.write());
            case "/api/v1/card" -> card(exchange);
            case "/api/v1/traffic" -> traffic(exchange);
            case "/api/v1/stream" -> {
                return stream(exchange);
            }
            case "/api/v1/replay" -> change(exchange, control::replay);
            case "/api/v1/disturbances" -> {
                if (method.equals("POST")) {
                    change(exchange, control::disturbances);
                } else {
                    answer(exchange, 200, JSON, control.disturbances());
                }
            }
            default -> {
                PageFile file = PageFile.at(path);
                if (file == null) {
                    answer(exchange, 404, TEXT, KNOWN);
                } else {
                    answer(exchange, 200, file.contentType(), file.bytes());
                }
            }
        }
        return false;
    }

    private void card(HttpExchange exchange) throws IOException {
        String query = Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "");
        Matcher asked = CARD.matcher(query);
        if (!asked.matches()) {
            refuse(exchange, 400, "must be supernode=N&card=N: query=" + query);
            return;
        }
        try {
            int supernode = Integer.parseInt(asked.group(1));
            int card = Integer.parseInt(asked.group(2));
            answer(exchange, 200, JSON, json.card(supernode, card));
        } catch (IllegalArgumentException e) {
            refuse(exchange, 400, e.getMessage());
        }
    }

    private void traffic(HttpExchange exchange) throws IOException {
        try {
            answer(
                    exchange,
                    200,
                    JSON,
                    json.traffic(
                            Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "")));
        } catch (IllegalArgumentException e) {
            refuse(exchange, 400, e.getMessage());
        }
    }

    private interface Change {
        byte[] by(ControlBody body) throws IOException;
    }

    private void change(HttpExchange exchange, Change change) throws IOException {
        Optional<WriteCheck.Refusal> refusal = writes.refuses(exchange.getRequestHeaders());
        if (refusal.isPresent()) {
            refuse(exchange, refusal.get().status(), refusal.get().why());
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
        if (body.length > BODY_BYTES_MAX) {
            refuse(exchange, 413, "must be at most " + BODY_BYTES_MAX + " bytes");
            return;
        }
        try {
            answer(exchange, 200, JSON, change.by(ControlBody.parse(body)));
        } catch (IllegalArgumentException e) {
            refuse(exchange, 400, e.getMessage());
        } catch (IllegalStateException e) {
            refuse(exchange, 409, e.getMessage());
        }
    }

    private void refuse(HttpExchange exchange, int status, String why) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("error", why);
            out.writeEndObject();
        }
        answer(exchange, status, JSON, bytes.toByteArray());
    }

    private boolean stream(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            answer(exchange, 200, "text/event-stream", "");
            return false;
        }
        if (stream.clients() >= StateStream.CLIENTS_MAX) {
            full(exchange);
            return false;
        }
        String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        long after = last != null && last.matches("[0-9]{1,18}") ? Long.parseLong(last) : 0;
        headers(exchange, "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        return stream.serve(exchange, after);
    }

    private void full(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", "5");
        answer(exchange, 503, TEXT, "must be at most " + StateStream.CLIENTS_MAX + " streams; close a page\n");
    }

    private void metrics(HttpExchange exchange) throws IOException {
        String type = TextFormat.chooseContentType(exchange.getRequestHeaders().getFirst("Accept"));
        ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 20);
        scrapes.acquireUninterruptibly();
        try (Writer writer = new OutputStreamWriter(body, StandardCharsets.UTF_8)) {
            TextFormat.writeFormat(type, writer, registry.metricFamilySamples());
        } finally {
            scrapes.release();
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

    private void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        answer(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        headers(exchange, type);
        boolean bare = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
        slow.write(() -> {
            exchange.sendResponseHeaders(status, bare ? -1 : body.length);
            if (!bare) {
                exchange.getResponseBody().write(body);
            }
        });
    }

    private static void headers(HttpExchange exchange, String type) {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
