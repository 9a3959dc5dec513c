package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.supernode.event.EventKind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicTest {
    @Test
    void namesAreThoseOfTheContract() {
        assertThat(Arrays.stream(Topic.values()).map(Topic::topicName))
                .containsExactly(
                        "supernode.compute.v1",
                        "supernode.bus.v1",
                        "supernode.step.v1",
                        "supernode.request.v1",
                        "supernode.sample.v1",
                        "supernode.fault.v1",
                        "supernode.throughput.v1",
                        "supernode.latency.v1",
                        "supernode.traffic.v1",
                        "supernode.anomaly.v1",
                        "supernode.deadletter.v1")
                .allMatch(name -> name.matches("supernode\\.[a-z]+\\.v[0-9]+"));
    }

    @Test
    void everyKindOfEventHasItsTopic() {
        List<Topic> events = Arrays.stream(Topic.values())
                .filter(topic -> topic.role() == Topic.Role.EVENTS)
                .toList();
        assertThat(events).hasSameSizeAs(EventKind.values());
        for (EventKind kind : EventKind.values()) {
            assertThat(events).contains(Topic.of(kind));
            assertThat(Topic.of(kind).eventKind()).isEqualTo(kind);
            assertThat(Topic.of(kind).recordName())
                    .isEqualTo(WireSchema.of(kind).recordName());
        }
        assertThatIllegalStateException()
                .isThrownBy(Topic.LATENCY::eventKind)
                .withMessage("carries no events: supernode.latency.v1");
    }

    @Test
    void theTableHasARowForEveryTopic() {
        assertThat(Topic.markdownTable().lines())
                .hasSize(2 + Topic.values().length)
                .contains("| `supernode.bus.v1` | BusFrame | node | 4 | Frames of bus events, one node's flush each |")
                .allMatch(line -> line.chars().filter(c -> c == '|').count() == 6);
    }
}
