package io.supernode.schemas;

/** Bytes that are not what their topic promises. The message says what was found and what would be accepted. */
public final class UnreadableException extends Exception {
    public UnreadableException(String message) {
        super(message);
    }

    public UnreadableException(String message, Throwable cause) {
        super(message, cause);
    }
}
