package io.supernode.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assertions;

/**
 * A headless Chromium with one page, driven by its own protocol.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/">Chrome DevTools Protocol</a>
 */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long ANSWER_SECONDS = 30;

    private final Running chromium;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private Browser(Running chromium, URI page) throws IOException {
        this.chromium = chromium;
        try {
            this.socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(page, new Listener())
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IOException("Chromium does not answer", e);
        }
    }

    /** Starts it with an empty page. */
    static Browser start(Path folder) throws IOException {
        Path profile = Files.createTempDirectory(folder, "chromium");
        Running chromium = Running.start(
                folder,
                List.of(
                        "chromium",
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank"));
        try {
            Path port = profile.resolve("DevToolsActivePort");
            chromium.until("its port", Duration.ofSeconds(60), () -> lines(port).size() > 1);
            String list = Http.get("http://127.0.0.1:" + lines(port).get(0) + "/json/list")
                    .body();
            for (JsonNode target : Supernode.parse(list)) {
                if (target.path("type").asText().equals("page")) {
                    Browser browser = new Browser(
                            chromium,
                            URI.create(target.path("webSocketDebuggerUrl").asText()));
                    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
                        browser.send(domain + ".enable", Map.of());
                    }
                    // without a window it would never be in front
                    browser.send("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
                    return browser;
                }
            }
            throw new IOException("Chromium has no page: " + list);
        } catch (IOException | RuntimeException | AssertionError e) {
            chromium.close();
            throw e;
        }
    }

    void size(int width, int height) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** @param scheme {@code light} or {@code dark} */
    void prefers(String scheme) {
        send(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void open(String url) {
        send("Page.navigate", Map.of("url", url));
    }

    /** The value of an expression in the page; a promise is waited for. */
    JsonNode ask(String expression) {
        JsonNode answer =
                send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            Assertions.fail(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    /** Waits until an expression is true in the page. */
    void until(String what, Duration limit, String condition) {
        chromium.until(what, limit, () -> ask(condition).asBoolean());
    }

    /** A key as it is pressed, such as {@code ArrowRight}. */
    void press(String key) {
        send("Input.dispatchKeyEvent", Map.of("type", "rawKeyDown", "key", key, "code", key));
        send("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key));
    }

    void screenshot(Path file) throws IOException {
        JsonNode shot = send("Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(shot.path("data").asText()));
    }

    /** Errors and warnings of the page so far. */
    List<String> complaints() {
        return complaints;
    }

    /** Addresses asked for so far. */
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        socket.abort();
        chromium.close();
    }

    private JsonNode send(String method, Map<String, Object> parameters) {
        int id = next.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        try {
            String message = JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
            socket.sendText(message, true).get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(method + " has no answer: " + chromium, e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                take(Supernode.parse(message.toString()));
                message.setLength(0);
            }
            from.request(1);
            return null;
        }

        private void take(JsonNode told) {
            JsonNode parameters = told.path("params");
            switch (told.path("method").asText()) {
                case "Network.requestWillBeSent" ->
                    requests.add(parameters.path("request").path("url").asText());
                case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
                case "Runtime.consoleAPICalled" -> {
                    if (List.of("error", "warning", "assert")
                            .contains(parameters.path("type").asText())) {
                        complaints.add(parameters.path("args").toString());
                    }
                }
                case "Log.entryAdded" -> complaints.add(parameters.path("entry").toString());
                default -> {
                    CompletableFuture<JsonNode> waiting =
                            asked.remove(told.path("id").asInt());
                    if (waiting != null) {
                        waiting.complete(told.path("result"));
                    }
                }
            }
        }
    }

    /** The texts of all elements that a selector finds. */
    List<String> texts(String selector) {
        List<String> texts = new ArrayList<>();
        ask("[...document.querySelectorAll(`" + selector + "`)].map(e => e.textContent)")
                .forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
