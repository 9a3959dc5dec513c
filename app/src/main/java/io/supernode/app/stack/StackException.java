package io.supernode.app.stack;

/** A part of the one-machine stack failed. The message names the part and the cause. */
public final class StackException extends Exception {
    public StackException(String message, Throwable cause) {
        super(message, cause);
    }

    public StackException(String message) {
        super(message);
    }
}
