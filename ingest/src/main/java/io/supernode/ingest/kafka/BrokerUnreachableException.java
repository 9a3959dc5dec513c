package io.supernode.ingest.kafka;

/** No broker answered. One line: at which address, for how long, why as far as it can be told, what to do. */
public final class BrokerUnreachableException extends RuntimeException {
    public BrokerUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
