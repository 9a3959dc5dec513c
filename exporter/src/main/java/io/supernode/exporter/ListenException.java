package io.supernode.exporter;

import java.io.IOException;

/** The address given for HTTP cannot be listened on. The message says which, why, and what to do. */
public final class ListenException extends IOException {
    public ListenException(String message, Throwable cause) {
        super(message, cause);
    }
}
