package io.supernode.ingest.kafka;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How to reach Kafka: an address and what a client needs to be let in. What the file says is overridden by what is
 * listed, the address by the one that is named. Secrets come from the file alone, and are never shown.
 */
public final class KafkaSettings {
    public static final String DEFAULT_BOOTSTRAP = "127.0.0.1:9092";

    private final String bootstrap;
    private final Map<String, String> given;

    private KafkaSettings(String bootstrap, Map<String, String> given) {
        this.bootstrap = bootstrap;
        this.given = Map.copyOf(given);
    }

    /**
     * @param bootstrap {@code HOST:PORT}, or several with commas; null: as the file says, else {@value
     *     #DEFAULT_BOOTSTRAP}
     * @param file Kafka client properties; null: none
     * @param overrides client properties that beat the file's; none may be a secret
     * @throws KafkaSettingsException when the file cannot be read, or an entry cannot be meant
     */
    public static KafkaSettings of(String bootstrap, Path file, Map<String, String> overrides) {
        Map<String, String> given = new TreeMap<>();
        if (file != null) {
            given.putAll(KafkaProperties.read(file));
        }
        KafkaProperties.requireNoSecrets(overrides);
        KafkaProperties.requireUsable("given", overrides);
        given.putAll(overrides);
        String fromFile = given.remove(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        String address = bootstrap != null ? bootstrap : fromFile != null ? fromFile : DEFAULT_BOOTSTRAP;
        return new KafkaSettings(KafkaProperties.address(address), given);
    }

    /** Kafka at this address, without a file. */
    public static KafkaSettings at(String bootstrap) {
        return of(bootstrap, null, Map.of());
    }

    /** {@code HOST:PORT}, or several with commas. */
    public String bootstrap() {
        return bootstrap;
    }

    /** Address and all that was given, for a client of any kind: what a Flink job hands to its connector. */
    public Properties common() {
        Properties properties = new Properties();
        properties.putAll(given);
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        return properties;
    }

    /** For a producer; {@code defaults} give way to what was given. */
    public Properties producer(Map<String, String> defaults) {
        return forClient(ProducerConfig.configDef(), defaults);
    }

    /** For a producer that sends as {@link KafkaFrameSink} does. */
    public Properties frameProducer() {
        return producer(FrameSending.DEFAULTS);
    }

    /** For a consumer; {@code defaults} give way to what was given. */
    public Properties consumer(Map<String, String> defaults) {
        return forClient(ConsumerConfig.configDef(), defaults);
    }

    /** For an administrator; {@code defaults} give way to what was given. */
    public Properties admin(Map<String, String> defaults) {
        return forClient(AdminClientConfig.configDef(), defaults);
    }

    /** Leaves out what only other kinds of clients know, which this one would warn of. */
    private Properties forClient(ConfigDef client, Map<String, String> defaults) {
        Properties properties = new Properties();
        properties.putAll(defaults);
        given.forEach((key, value) -> {
            if (client.names().contains(key) || !KafkaProperties.known().contains(key)) {
                properties.put(key, value);
            }
        });
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        return properties;
    }

    /** Address and names of what was given; values may be secret. */
    @Override
    public String toString() {
        return bootstrap + (given.isEmpty() ? "" : " with " + String.join(", ", new TreeMap<>(given).keySet()));
    }
}
