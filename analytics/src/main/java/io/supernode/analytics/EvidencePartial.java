package io.supernode.analytics;

import io.supernode.window.SliceFolder;

/**
 * Evidence of what the cards of a supernode did in one second, or a part of it; many add up. A few kilobytes instead of
 * the events.
 *
 * @param slice seconds of event time from the run's start
 * @param evidence as {@link io.supernode.diagnosis.EvidenceFolder} writes it
 */
public record EvidencePartial(long run, int supernode, long originEpochNanos, long slice, byte[] evidence) {
    /** The whole supernode: cards are judged by their peers, which may be anywhere in it. */
    GroupKey group() {
        return new GroupKey(run, supernode, SliceFolder.SUPERNODE);
    }
}
