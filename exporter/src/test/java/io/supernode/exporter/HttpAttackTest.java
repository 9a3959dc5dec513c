package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody may try who can reach the port, or whose page a user has open. */
class HttpAttackTest {
    private Exporter exporter;

    @BeforeEach
    void start() throws ListenException {
        exporter = Exporter.start(ExporterOptions.withoutKafka().listen("127.0.0.1:0"));
    }

    @AfterEach
    void stop() {
        exporter.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"attacker.example", "attacker.example:8384", "127.0.0.1.attacker.example", "0.0.0.0", ""})
    void aPageThatRebindsItsNameReadsNothing(String host) throws IOException {
        assertThat(send("GET /api/v1/state HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .doesNotContain("schema");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8384", "127.0.0.1:1", "[::1]:8384", "[::1]", "supernode.localhost"})
    void namesOfTheLoopbackInterfaceAreAccepted(String host) throws IOException {
        assertThat(send("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, attacker.example, false", "0.0.0.0, exporter:8384, true", "10.0.0.1, 10.0.0.1:8384, true"})
    void whoListensElsewhereIsReachableUnderNamesOfHisOwn(String listening, String host, boolean accepted)
            throws IOException {
        assertThat(new HostCheck(InetAddress.getByName(listening)).accepts(host))
                .isEqualTo(accepted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../live.html",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2fetc/passwd",
                "//etc/passwd",
                "/live.html",
                "/io/supernode/exporter/live.js",
                "/live.js/../live.css",
                "/api/v1/state/../../live.html",
                "/live.js%00.html"
            })
    void onlyTheFixedPathsLeadAnywhere(String path) throws IOException {
        assertThat(send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .matches("(?s)HTTP/1.1 (404|400) .*")
                .doesNotContain("root:");
    }

    @Test
    void aBodyThatNobodyAskedForIsNotRead() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(("POST /api/v1/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(firstLine(socket)).startsWith("HTTP/1.1 405 ");
            // the connection ends instead of taking ten gigabytes
            assertThat(endsWhileWriting(socket)).isTrue();
        }
    }

    /** What a page elsewhere can make a browser send, and what a careless script would. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 | Content-Type: application/json; Origin: http://attacker.example; X-Supernode: 1",
                "403 | Content-Type: application/json; Origin: http://localhost; X-Supernode: 1",
                "403 | Content-Type: application/json; Origin: null; X-Supernode: 1",
                "403 | Content-Type: application/json; Sec-Fetch-Site: cross-site; X-Supernode: 1",
                "403 | Content-Type: application/json; Sec-Fetch-Site: same-site; X-Supernode: 1",
                "403 | Content-Type: application/json",
                "415 | X-Supernode: 1",
                "415 | Content-Type: text/plain; X-Supernode: 1",
                "415 | Content-Type: application/x-www-form-urlencoded; X-Supernode: 1",
                "415 | Content-Type: application/jsonp; X-Supernode: 1",
                "200 | Content-Type: application/json; X-Supernode: 1",
                "200 | Content-Type: APPLICATION/JSON; Origin: http://localhost:8384; X-Supernode: 1",
                "200 | Content-Type: application/json; Sec-Fetch-Site: same-origin; X-Supernode: 1",
            })
    void aPageElsewhereChangesNothing(int status, String headers) throws IOException {
        Recorder controls = new Recorder();
        exporter.control(controls);
        String answer = send("POST /api/v1/replay HTTP/1.1\r\nHost: localhost:8384\r\n" + headers.replace("; ", "\r\n")
                + "\r\nContent-Length: 18\r\nConnection: close\r\n\r\n{\"action\":\"pause\"}");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(controls.told()).hasSize(status == 200 ? 1 : 0);
    }

    @Test
    void aPageThatRebindsItsNameChangesNothing() throws IOException {
        Recorder controls = new Recorder();
        exporter.control(controls);
        assertThat(send("POST /api/v1/replay HTTP/1.1\r\nHost: attacker.example\r\nOrigin: http://attacker.example\r\n"
                        + "Content-Type: application/json\r\nX-Supernode: 1\r\nContent-Length: 18\r\n"
                        + "Connection: close\r\n\r\n{\"action\":\"pause\"}"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(controls.told()).isEmpty();
    }

    @Test
    void noPageElsewhereIsToldThatItMay() throws IOException {
        assertThat(send("OPTIONS /api/v1/replay HTTP/1.1\r\nHost: localhost\r\nOrigin: http://attacker.example\r\n"
                        + "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ")
                .doesNotContain("Access-Control");
    }

    @ParameterizedTest
    @CsvSource({"'', 401", "Bearer, 401", "Bearer wrong, 401", "Basic secret-1, 401", "Bearer secret-1, 200"})
    void whoListensElsewhereAsksForTheToken(String shown, int status) throws Exception {
        Recorder controls = new Recorder();
        try (Exporter open = Exporter.start(
                ExporterOptions.withoutKafka().listen("127.0.0.1:0").token("secret-1"))) {
            open.control(controls);
            try (Socket socket =
                    new Socket(open.address().getAddress(), open.address().getPort())) {
                socket.getOutputStream()
                        .write(("POST /api/v1/replay HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "X-Supernode: 1\r\n"
                                        + (shown.isEmpty() ? "" : "Authorization: " + shown + "\r\n")
                                        + "Content-Length: 18\r\nConnection: close\r\n\r\n{\"action\":\"pause\"}")
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(firstLine(socket)).startsWith("HTTP/1.1 " + status + " ");
            }
        }
        assertThat(controls.told()).hasSize(status == 200 ? 1 : 0);
    }

    @Test
    void aBodyBeyondFourKilobytesIsRefusedWhetherItTellsItsLengthOrNot() throws IOException {
        exporter.control(new Recorder());
        String head = "POST /api/v1/replay HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "X-Supernode: 1\r\nConnection: close\r\n";
        String big = "{\"action\":\"" + "x".repeat(5000) + "\"}";
        assertThat(send(head + "Content-Length: " + big.length() + "\r\n\r\n" + big))
                .startsWith("HTTP/1.1 413 ");
        assertThat(send(head + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(big.length()) + "\r\n" + big
                        + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[", "{\"action\":", "{\"a\":[", "\"", "\\u0000", "1e999999999", "{\"action\":\"pause\"}\u0000"})
    void aBodyThatIsNoJsonOrNestedBeyondSenseChangesNothing(String piece) throws IOException {
        Recorder controls = new Recorder();
        exporter.control(controls);
        String body = piece.repeat(4000 / piece.length());
        assertThat(send("POST /api/v1/replay HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "X-Supernode: 1\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body))
                .startsWith("HTTP/1.1 400 ");
        assertThat(controls.told()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | supernode=0",
                "400 | supernode=-1&from_rack=0&to_rack=0",
                "400 | supernode=0&from_rack=0&to_node=0",
                "400 | supernode=0&from_rack=99999999999&to_rack=0",
                "400 | supernode=0&from_rack=0&to_rack=0&x=%3Cscript%3E",
                "200 | supernode=999999999&from_rack=999999&to_rack=999999",
                "200 | supernode=0&from_node=999999&to_node=0"
            })
    void aQueryForTrafficIsWholeAndSmallOrRefused(int status, String query) throws IOException {
        String answer =
                send("GET /api/v1/traffic?" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").doesNotContain("<script>");
        assertThat(answer.length()).isLessThan(4_000);
    }

    @Test
    void clientsThatDribbleTheirRequestsDoNotLockOthersOut() throws Exception {
        List<Socket> dribbling = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = connect();
                // half a head, or a body that never comes
                socket.getOutputStream()
                        .write((i % 2 == 0
                                        ? "GET /metrics HTTP/1.1\r\nHost: loc"
                                        : "POST /api/v1/replay HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                                                + " application/json\r\nX-Supernode: 1\r\nContent-Length: 18\r\n\r\n{")
                                .getBytes(StandardCharsets.US_ASCII));
                dribbling.add(socket);
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!isHealthy() && System.nanoTime() < deadline) {
                Thread.sleep(200);
            }
            assertThat(isHealthy()).isTrue();
        } finally {
            for (Socket socket : dribbling) {
                socket.close();
            }
        }
    }

    @Test
    void aThousandIdleConnectionsDoNotLockOthersOut() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                idle.add(connect());
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!isHealthy() && System.nanoTime() < deadline) {
                Thread.sleep(100);
            }
            assertThat(isHealthy()).isTrue();
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void clientsThatDoNotReadDoNotLockOthersOut() throws Exception {
        Telemetry.of(3, 384, 2).fire().into(exporter.store());
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(1024);
                socket.connect(exporter.address());
                slow.add(socket);
                for (int request = 0; request < 20; request++) {
                    socket.getOutputStream()
                            .write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                }
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!isHealthy() && System.nanoTime() < deadline) {
                Thread.sleep(200);
            }
            assertThat(isHealthy())
                    .as("answered although %d clients do not read", slow.size())
                    .isTrue();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private boolean isHealthy() {
        try {
            return send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(2_000);
        socket.connect(new InetSocketAddress(
                exporter.address().getAddress(), exporter.address().getPort()));
        return socket;
    }

    private String send(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String firstLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static boolean endsWhileWriting(Socket socket) throws IOException {
        byte[] block = new byte[1 << 16];
        try {
            for (int i = 0; i < 1_000; i++) {
                socket.getOutputStream().write(block);
            }
            return false;
        } catch (SocketException e) {
            return true;
        }
    }
}
