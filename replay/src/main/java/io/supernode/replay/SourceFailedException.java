package io.supernode.replay;

/** The events could not be had; the cause says why. Everything before them has been handed to the sink. */
public final class SourceFailedException extends RuntimeException {
    public SourceFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
