package io.supernode.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaEdgeTest {
    @Test
    void whereNobodyListensItSaysSoWithin15Seconds() throws IOException {
        int port = freePort();
        long started = System.nanoTime();

        assertThatThrownBy(() -> KafkaEdge.connect(KafkaSettings.at("127.0.0.1:" + port)))
                .isInstanceOf(BrokerUnreachableException.class)
                .hasMessage("no Kafka broker answered at 127.0.0.1:" + port + " within 10 s: connection refused; start"
                        + " one there or name another with --kafka HOST:PORT");

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void aHostThatNobodyKnowsIsNamed() {
        assertThatThrownBy(() -> KafkaEdge.connect(KafkaSettings.at("no-such-host.invalid:9092")))
                .isInstanceOf(BrokerUnreachableException.class)
                .hasMessage("no Kafka broker answered at no-such-host.invalid:9092: host not known:"
                        + " no-such-host.invalid; start one there or name another with --kafka HOST:PORT");
    }

    @Test
    void settingsOfWhichNoClientCanBeMadeAreNamed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("client.properties"),
                "security.protocol=SSL\nssl.truststore.location=" + folder.resolve("none.jks") + "\n");

        assertThatThrownBy(() -> KafkaEdge.connect(KafkaSettings.of("127.0.0.1:1", file, Map.of())))
                .isInstanceOf(KafkaSettingsException.class)
                .hasMessageStartingWith("cannot make a Kafka client for 127.0.0.1:1 with security.protocol,"
                        + " ssl.truststore.location: ")
                .hasMessageContaining("none.jks");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
