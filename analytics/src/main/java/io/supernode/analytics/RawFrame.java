package io.supernode.analytics;

import io.supernode.schemas.Topic;

/**
 * One record of an event topic as it came: not yet read, so that what cannot be read keeps its bytes and its origin.
 *
 * @param partition partition of the topic it came from
 * @param offset position in the partition
 * @param bytes the frame; empty for a record without a value
 */
public record RawFrame(Topic topic, int partition, long offset, byte[] bytes) {}
