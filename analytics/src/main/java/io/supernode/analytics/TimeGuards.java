package io.supernode.analytics;

import io.supernode.schemas.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A {@link TimeGuard} for every partition that a subtask reads. Not thread-safe. */
final class TimeGuards {
    private record Partition(Topic topic, int partition) {
        /** Written out: it decides which subtask keeps a partition that no one reads just now. */
        @Override
        public int hashCode() {
            return topic.ordinal() * 31 + partition;
        }
    }

    private final Map<Partition, TimeGuard> guards = new HashMap<>();
    /** Partitions that came out of a checkpoint and of which no frame has been read here since. */
    private final Set<Partition> unread = new HashSet<>();
    // frames come in runs of one partition
    private Topic lastTopic;
    private int lastPartition;
    private TimeGuard lastGuard;

    TimeGuard of(RawFrame frame) {
        if (lastTopic != frame.topic() || lastPartition != frame.partition()) {
            Partition key = new Partition(frame.topic(), frame.partition());
            unread.remove(key);
            lastGuard = guards.computeIfAbsent(key, k -> new TimeGuard());
            lastTopic = frame.topic();
            lastPartition = frame.partition();
        }
        return lastGuard;
    }

    void restore(GuardState state) {
        Partition key = new Partition(Topic.values()[state.topic()], state.partition());
        guards.merge(
                key,
                new TimeGuard(state.latestEpochNanos()),
                (a, b) -> a.latestEpochNanos() >= b.latestEpochNanos() ? a : b);
        unread.add(key);
    }

    /** What was read here, and this subtask's share of what is read by nobody just now. */
    List<GuardState> snapshot(int subtask, int subtasks) {
        List<GuardState> states = new ArrayList<>();
        guards.forEach((key, guard) -> {
            if (!unread.contains(key) || Math.floorMod(key.hashCode(), subtasks) == subtask) {
                states.add(new GuardState(key.topic().ordinal(), key.partition(), guard.latestEpochNanos()));
            }
        });
        return states;
    }
}
