package io.supernode.analytics;

/**
 * A frame, or the part of it that is counted in {@code events}, that is in no window, with where it came from and why.
 *
 * @param topic name of the topic it came from; empty where only the job knew it
 * @param offset position in the partition; -1 where only the job knew it
 * @param stage what refused it: {@code decode}, {@code check}, {@code duplicate}, {@code gap}, {@code late} or
 *     {@code merge}
 * @param reason what was found and what would be accepted
 * @param events events of it that are in no window; {@link #UNKNOWN_EVENTS} when it could not be read
 * @param run the frame's run in decimal; empty when it could not be read
 * @param bytes the whole frame as it came; none of a {@code gap} (the place is that of the frame behind it) and of a
 *     {@code merge}
 */
public record DeadLetter(
        String topic, int partition, long offset, String stage, String reason, long events, String run, byte[] bytes) {
    public static final long UNKNOWN_EVENTS = -1;
}
