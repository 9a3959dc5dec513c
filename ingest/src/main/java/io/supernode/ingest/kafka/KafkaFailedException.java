package io.supernode.ingest.kafka;

/** A broker that was reached refused or did not finish what it was asked. One line: what, and why. */
public final class KafkaFailedException extends RuntimeException {
    public KafkaFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
