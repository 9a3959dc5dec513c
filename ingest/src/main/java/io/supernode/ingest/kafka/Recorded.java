package io.supernode.ingest.kafka;

import java.util.OptionalLong;

/**
 * What has been recorded.
 *
 * @param run whose frames they are; empty while none has come
 * @param frames frames written, heartbeats not counted
 * @param events events in them
 * @param bytes size of the frames
 * @param spanNanos event time from the first to the last tick
 * @param otherRuns records that were of other runs, and left out
 * @param unreadable records that were no frames, and left out
 */
public record Recorded(
        OptionalLong run, long frames, long events, long bytes, long spanNanos, long otherRuns, long unreadable) {}
