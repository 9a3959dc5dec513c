package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code /api/v1/stream}: who looks gets what is now, again and again, and keeps nobody else waiting. */
class StateStreamTest {
    private final List<Socket> sockets = new ArrayList<>();
    private Exporter exporter;

    @BeforeEach
    void start() throws ListenException {
        exporter = Exporter.start(ExporterOptions.withoutKafka().listen("127.0.0.1:0"));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        exporter.close();
    }

    /** One event as it came: its lines by their names. */
    private record Event(long id, String name, String data) {}

    @Test
    void aClientGetsTheStateAtOnceAndThenEveryTick() throws Exception {
        BufferedReader in = open("");
        long before = System.nanoTime();
        Event first = next(in);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        Event second = next(in);

        assertThat(first.name()).isEqualTo("state");
        assertThat(Flat.of(first.data())).containsEntry("/status", "waiting");
        assertThat(second.id()).isEqualTo(first.id() + 1);

        Telemetry.of(1, 8, 3).fire().into(exporter.store());
        next(in); // may have been made before
        assertThat(Flat.of(next(in).data())).containsEntry("/status", "live");
    }

    @Test
    void allClientsGetTheSameFrames() throws Exception {
        BufferedReader one = open("");
        BufferedReader other = open("");
        Event first = next(one);
        Event same = next(other);
        while (same.id() < first.id()) {
            same = next(other);
        }
        while (first.id() < same.id()) {
            first = next(one);
        }
        assertThat(same).isEqualTo(first);
    }

    @Test
    void whoLostTheConnectionGoesOnWhereItBroke() throws Exception {
        BufferedReader stays = open("");
        Event seen = next(stays);
        next(stays);
        next(stays);

        Event again = next(open("Last-Event-ID: " + seen.id() + "\r\n"));

        assertThat(again.id()).isEqualTo(seen.id() + 1);
    }

    @Test
    void aNumberOfAnotherLifeOfTheServerBeginsAnew() throws Exception {
        assertThat(next(open("Last-Event-ID: 123456789\r\n")).name()).isEqualTo("state");
        assertThat(next(open("Last-Event-ID: -1; drop table\r\n")).name()).isEqualTo("state");
    }

    @Test
    void theSixtyFifthClientIsToldToComeBackAndTheScrapeIsAnswered() throws Exception {
        List<BufferedReader> all = new ArrayList<>();
        for (int i = 0; i < StateStream.CLIENTS_MAX; i++) {
            all.add(open(""));
        }
        for (BufferedReader each : all) {
            next(each);
        }
        assertThat(head(connect("/api/v1/stream", "")))
                .startsWith("HTTP/1.1 503 ")
                .contains("Retry-after: 5");
        long before = System.nanoTime();
        assertThat(head(connect("/metrics", ""))).startsWith("HTTP/1.1 200 ");
        assertThat(head(connect("/healthz", ""))).startsWith("HTTP/1.1 200 ");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));

        sockets.get(0).close();
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        String answer = "";
        while (!answer.startsWith("HTTP/1.1 200 ") && System.nanoTime() < deadline) {
            Thread.sleep(200);
            answer = head(connect("/api/v1/stream", ""));
        }
        assertThat(answer).as("a place is free again").startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aClientThatDoesNotReadIsDropped() throws Exception {
        Telemetry.of(3, 384, 2).fire().into(exporter.store()); // frames of 20 kB and more
        Socket slow = new Socket();
        sockets.add(slow);
        slow.setReceiveBufferSize(1024);
        slow.connect(exporter.address());
        request(slow, "/api/v1/stream", "");
        BufferedReader reads = open("");
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (exporter.streamClients() < 2 && System.nanoTime() < deadline) {
            Thread.sleep(10); // the first one asked, but its request may be answered second
        }

        while (exporter.streamClients() > 1 && System.nanoTime() < deadline) {
            next(reads); // who reads is served meanwhile
        }
        assertThat(exporter.streamClients()).isEqualTo(1);
    }

    private BufferedReader open(String header) throws IOException {
        BufferedReader in = connect("/api/v1/stream", header);
        assertThat(head(in)).startsWith("HTTP/1.1 200 ").contains("Content-type: text/event-stream");
        return in;
    }

    private BufferedReader connect(String path, String header) throws IOException {
        Socket socket =
                new Socket(exporter.address().getAddress(), exporter.address().getPort());
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        request(socket, path, header);
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void request(Socket socket, String path, String header) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static String head(BufferedReader in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            head.append(line).append('\n');
        }
        return head.toString();
    }

    /** The next event; the sizes of the chunks that it comes in stand between its lines. */
    private static Event next(BufferedReader in) throws IOException {
        long id = -1;
        String name = null;
        while (true) {
            String line = in.readLine();
            if (line == null) {
                throw new IOException("the stream has ended");
            }
            if (line.startsWith("id: ")) {
                id = Long.parseLong(line.substring(4));
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                return new Event(id, name, whole(in, line.substring(6)));
            }
        }
    }

    /** A frame beyond 4 kB comes in several chunks: puts its data together again. */
    private static String whole(BufferedReader in, String begun) throws IOException {
        StringBuilder data = new StringBuilder(begun);
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            if (!line.matches("[0-9a-f]{1,8}")) {
                data.append(line);
            }
        }
        return data.toString();
    }
}
