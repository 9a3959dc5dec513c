package io.supernode.app.cli;

import io.supernode.ingest.kafka.KafkaSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which broker. */
final class KafkaOptions {
    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "use this broker instead of one in this process")
    String address;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "client properties for it, such as security settings and passwords")
    Path properties;

    /** Empty where neither flag is given: a broker in this process will do. */
    Optional<KafkaSettings> settings() {
        return address == null && properties == null ? Optional.empty() : Optional.of(settingsOrDefault());
    }

    /** A broker elsewhere, by default at {@link KafkaSettings#DEFAULT_BOOTSTRAP}. */
    KafkaSettings settingsOrDefault() {
        return KafkaSettings.of(address, properties, Map.of());
    }
}
