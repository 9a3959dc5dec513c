package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import java.io.Closeable;
import java.io.IOException;

/** A source as one pass. */
record OpenedPass(EventSource source) implements ReplaySource.Pass {
    @Override
    public boolean next(EventBatch batch) {
        return source.next(batch);
    }

    @Override
    public long throughNanos() {
        return source.throughNanos();
    }

    @Override
    public void close() throws IOException {
        if (source instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
