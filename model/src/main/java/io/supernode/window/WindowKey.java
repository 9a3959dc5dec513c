package io.supernode.window;

/**
 * Names one window of one entity of one run: all that is needed to replace an earlier result by a later one.
 *
 * @param run identifies the run, as its frames do
 * @param supernode index of the supernode, from 0
 * @param entity index in the supernode, as its {@link Scope} says; 0 for the supernode itself
 * @param startNanos start of the window in event time, nanoseconds from the run's start; a multiple of the length
 * @param lengthNanos length of the window; it covers {@code [start, start + length)}
 */
public record WindowKey(long run, int supernode, Scope scope, int entity, long startNanos, long lengthNanos) {
    public long endNanos() {
        return startNanos + lengthNanos;
    }
}
