package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.supernode.app.stack.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that speaks TLS alone and asks for a password: replay, job and exporter reach it with what
 * {@code --kafka-config} says, and nobody does without.
 */
@Tag("slow")
class SecuredBrokerIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required";

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void up() throws IOException {
        Path keys = folder.resolve("broker.p12");
        Supernode.Result made = Tool.run(
                folder,
                LIMIT,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "broker",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "of-the-test"));
        assertThat(made.exitCode()).as(made.err()).isZero();
        broker = EmbeddedBroker.start(
                folder.resolve("kafka"),
                Map.ofEntries(
                        Map.entry("listener.security.protocol.map", "CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT"),
                        Map.entry("sasl.enabled.mechanisms", "PLAIN"),
                        Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
                        Map.entry(
                                "listener.name.client.plain.sasl.jaas.config",
                                LOGIN + " username=\"broker\" password=\"b\" user_broker=\"b\" user_engineer=\"e\";"),
                        Map.entry("ssl.keystore.type", "PKCS12"),
                        Map.entry("ssl.keystore.location", keys.toString()),
                        Map.entry("ssl.keystore.password", "of-the-test"),
                        Map.entry("ssl.truststore.type", "PKCS12"),
                        Map.entry("ssl.truststore.location", keys.toString()),
                        Map.entry("ssl.truststore.password", "of-the-test")));
    }

    @AfterAll
    static void down() {
        if (broker != null) {
            broker.close();
        }
    }

    private static void writeConfig(String name, String password) throws IOException {
        Files.writeString(
                folder.resolve(name),
                String.join(
                        "\n",
                        "security.protocol=SASL_SSL",
                        "sasl.mechanism=PLAIN",
                        "sasl.jaas.config=" + LOGIN + " username=\"engineer\" password=\"" + password + "\";",
                        "ssl.truststore.type=PKCS12",
                        "ssl.truststore.location=" + folder.resolve("broker.p12"),
                        "ssl.truststore.password=of-the-test",
                        ""));
    }

    @Test
    void theWholeWayGoesOverTls() throws IOException {
        writeConfig("client.properties", "e");
        Supernode.Result created = Supernode.run(
                folder, LIMIT, "topics", "create", "--kafka", broker.address(), "--kafka-config", "client.properties");
        assertThat(created.exitCode()).as(created.err()).isZero();
        Supernode.Result run = Supernode.run(
                folder,
                LIMIT,
                "run",
                "--kafka",
                broker.address(),
                "--kafka-config",
                "client.properties",
                "--duration",
                "6s",
                "--cards",
                "0-63",
                "--data-dir",
                "data",
                "--report",
                "r.json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode events = Supernode.parse(folder.resolve("r.json")).path("events");
        assertThat(events.path("sent").asLong()).isPositive();
        assertThat(events.path("windowed").asLong())
                .isEqualTo(events.path("sent").asLong());
    }

    @Test
    void aWrongPasswordIsToldInOneLine() throws IOException {
        writeConfig("wrong.properties", "guessed");
        Supernode.Result result = Supernode.run(
                folder, LIMIT, "topics", "check", "--kafka", broker.address(), "--kafka-config", "wrong.properties");

        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.errorLines()).hasSize(1);
        assertThat(result.errorLines().get(0))
                .contains(broker.address())
                .containsIgnoringCase("authentication")
                .doesNotContain("guessed");
    }
}
