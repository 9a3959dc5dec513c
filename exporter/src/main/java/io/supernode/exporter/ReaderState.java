package io.supernode.exporter;

import io.supernode.schemas.Topic;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** How the reading of the topics goes: written by the reader, read by everyone. Thread-safe. */
final class ReaderState {
    private final Map<Topic, AtomicLong> records = new EnumMap<>(Topic.class);
    private final Map<Topic, AtomicLong> unreadable = new EnumMap<>(Topic.class);
    private final AtomicLong errors = new AtomicLong();
    private volatile long behind;
    private volatile String notReady;
    private volatile boolean dead;
    private volatile long lastWindowEpochMillis;

    /** @param notReady why the topics are not read to their end yet; null when there is nothing to read */
    ReaderState(String notReady) {
        this.notReady = notReady;
        for (Topic topic : TopicReader.TOPICS) {
            records.put(topic, new AtomicLong());
            unreadable.put(topic, new AtomicLong());
        }
    }

    void countRecord(Topic topic) {
        records.get(topic).incrementAndGet();
    }

    void countUnreadable(Topic topic) {
        unreadable.get(topic).incrementAndGet();
    }

    void countError() {
        errors.incrementAndGet();
    }

    void behind(long records) {
        behind = records;
    }

    void windowAt(long epochMillis) {
        lastWindowEpochMillis = epochMillis;
    }

    void notReady(String why) {
        notReady = why;
    }

    void ready() {
        notReady = null;
    }

    /** The reader has ended and nothing will start it again. */
    void died(String why) {
        notReady = why;
        dead = true;
    }

    /** Why /readyz does not answer 200; empty when it does. */
    Optional<String> whyNotReady() {
        return Optional.ofNullable(notReady);
    }

    boolean isAlive() {
        return !dead;
    }

    long records(Topic topic) {
        return records.get(topic).get();
    }

    long unreadable(Topic topic) {
        return unreadable.get(topic).get();
    }

    long errors() {
        return errors.get();
    }

    long behind() {
        return behind;
    }

    /** Wall time of the last window, milliseconds since 1970 UTC; 0 before the first. */
    long lastWindowEpochMillis() {
        return lastWindowEpochMillis;
    }
}
