package io.supernode.replay;

/** A frame did not arrive and will not. The message says where it should have gone and why it did not. */
public final class SendFailedException extends RuntimeException {
    public SendFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
