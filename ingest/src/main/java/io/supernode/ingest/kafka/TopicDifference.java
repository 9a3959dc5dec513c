package io.supernode.ingest.kafka;

/** One setting of an existing topic that is not as the product needs it. */
public record TopicDifference(String topic, String setting, String expected, String actual) {
    @Override
    public String toString() {
        return topic + ": " + setting + "=" + actual + ", expected " + expected;
    }
}
