package io.supernode.analytics;

import java.io.Serializable;

/** Frames in partitions, each in an order of its own: what {@link LogSource} reads where there is no broker. */
public interface FrameLog extends Serializable {
    int partitions();

    /** The frame at this position; null behind the last. */
    RawFrame frame(int partition, long offset);

    /** False to keep a reader waiting before this position. */
    default boolean isReadable(int partition, long offset) {
        return true;
    }

    /** A checkpoint with these positions is complete; called by the reader. */
    default void checkpointed() {}
}
