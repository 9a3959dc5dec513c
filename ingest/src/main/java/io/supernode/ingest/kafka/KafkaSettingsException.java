package io.supernode.ingest.kafka;

/** The settings of the connection to Kafka are wrong. One line: which file or key, what it says, what is accepted. */
public final class KafkaSettingsException extends IllegalArgumentException {
    public KafkaSettingsException(String message) {
        super(message);
    }

    public KafkaSettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
