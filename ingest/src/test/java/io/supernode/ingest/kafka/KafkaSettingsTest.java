package io.supernode.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {
    @TempDir
    Path folder;

    @Test
    void withoutAnythingItIsTheLoopback() {
        assertThat(KafkaSettings.of(null, null, Map.of()).bootstrap()).isEqualTo("127.0.0.1:9092");
    }

    @Test
    void theNamedAddressBeatsTheFileAndWhatIsListedBeatsItToo() throws IOException {
        Path file = write("bootstrap.servers = a:1, b:2 \nlinger.ms=7\nbatch.size=9\n");

        assertThat(KafkaSettings.of(null, file, Map.of()).bootstrap()).isEqualTo("a:1,b:2");
        KafkaSettings settings = KafkaSettings.of("[::1]:9093", file, Map.of("linger.ms", "8"));
        assertThat(settings.bootstrap()).isEqualTo("[::1]:9093");
        assertThat(settings.producer(Map.of("acks", "all", "batch.size", "1")))
                .containsOnly(
                        Map.entry("bootstrap.servers", "[::1]:9093"),
                        Map.entry("linger.ms", "8"),
                        Map.entry("batch.size", "9"),
                        Map.entry("acks", "all"));
    }

    @Test
    void aClientGetsWhatItKnowsAndWhatNoneKnows() throws IOException {
        Path file = write("linger.ms=7\nsecurity.protocol=PLAINTEXT\nmy.login.plugin.realm=x\n");
        KafkaSettings settings = KafkaSettings.of(null, file, Map.of());

        assertThat(settings.consumer(Map.of()))
                .containsOnlyKeys("bootstrap.servers", "security.protocol", "my.login.plugin.realm");
        assertThat(settings.common())
                .containsOnlyKeys("bootstrap.servers", "security.protocol", "my.login.plugin.realm", "linger.ms");
    }

    @Test
    void secretsAreNeverShownAndNeverTakenInTheOpen() throws IOException {
        Path file = write("sasl.jaas.config=org.x.Login required password=\"hunter2\";\n");

        assertThat(KafkaSettings.of("a:1", file, Map.of()).toString()).isEqualTo("a:1 with sasl.jaas.config");
        assertThatThrownBy(() -> KafkaSettings.of(null, null, Map.of("ssl.key.password", "hunter2")))
                .isInstanceOf(KafkaSettingsException.class)
                .hasMessageStartingWith("must not be given in the open")
                .hasMessageEndingWith("ssl.key.password; accepted: in the file of --kafka-config");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:", "localhost:0", "localhost:65536", "a:1,", "http://a:1", "a b:1", ""})
    void whatIsNoAddressIsNamed(String address) {
        assertThatThrownBy(() -> KafkaSettings.at(address))
                .isInstanceOf(KafkaSettingsException.class)
                .hasMessage("is not the address of a broker: " + address
                        + "; accepted: HOST:PORT, or several with commas, port 1 to 65535");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acks=1 | must stay all: acks; accepted: leave it out",
                "enable.idempotence=false | must stay true: enable.idempotence; accepted: leave it out",
                "value.serializer=x | must stay as supernode sets it: value.serializer; accepted: leave it out",
                "linger.mss=5 | unknown key: linger.mss; accepted: linger.ms",
                "sasl.mechansim=PLAIN | unknown key: sasl.mechansim; accepted: sasl.mechanism",
                "bach.size=5 | unknown key: bach.size; accepted: batch.size",
                "batch.sise=5 | unknown key: batch.sise; accepted: batch.size",
                "linger.ms=soon | not a value for this key: linger.ms=soon; accepted: [0,...]",
                "linger.ms=-5 | not a value for this key: linger.ms=-5; accepted: [0,...]",
                "compression.type=rar | not a value for this key: compression.type=rar; accepted: [",
                "linger.ms=\\u00 | Malformed \\uxxxx encoding.; accepted: a file of Kafka client properties",
            })
    void aWrongEntryOfTheFileIsNamed(String line, String message) throws IOException {
        Path file = write("batch.size=1\n" + line + "\n");

        assertThatThrownBy(() -> KafkaSettings.of(null, file, Map.of()))
                .isInstanceOf(KafkaSettingsException.class)
                .hasMessageStartingWith(file + ": " + message)
                .message()
                .hasLineCount(1);
    }

    @Test
    void whatMustStayMayBeSaid() throws IOException {
        assertThat(KafkaSettings.of(null, write("acks=all\n"), Map.of()).toString())
                .isEqualTo("127.0.0.1:9092 with acks");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path latin = folder.resolve("latin");
        Files.writeString(latin, "client.id=caf\u00E9", StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> KafkaSettings.of(null, folder.resolve("none"), Map.of()))
                .hasMessageStartingWith(folder.resolve("none") + ": no such file; accepted: a file of Kafka");
        assertThatThrownBy(() -> KafkaSettings.of(null, folder, Map.of()))
                .hasMessageStartingWith(folder + ": is a folder; accepted: a file of Kafka");
        assertThatThrownBy(() -> KafkaSettings.of(null, latin, Map.of()))
                .hasMessageStartingWith(latin + ": is not UTF-8 text; accepted: a file of Kafka");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("client.properties"), text);
    }
}
