package io.supernode.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameWriter;
import io.supernode.schemas.Topic;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LatestEventTimeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long ORIGIN = 1_700_000_000_000_000_000L;

    private final Log log = new Log();
    private final LatestEventTime latest = new LatestEventTime(log.consumer);

    @BeforeEach
    void createTopics() {
        log.create(Topic.COMPUTE, 4);
        log.create(Topic.BUS, 4);
        log.create(Topic.STEP, 1);
    }

    @Test
    void emptyTopicsTellNoTime() {
        assertThat(latest.throughEpochNanos(PATIENCE)).isEmpty();
    }

    @Test
    void theHighestTimeOfAnyPartitionOfAnyKindCounts() {
        log.append(Topic.COMPUTE, 0, heartbeat(EventKind.COMPUTE, 70));
        log.append(Topic.COMPUTE, 3, heartbeat(EventKind.COMPUTE, 10));
        log.append(Topic.BUS, 2, heartbeat(EventKind.BUS, 5));
        log.append(Topic.BUS, 2, heartbeat(EventKind.BUS, 90));
        log.append(Topic.STEP, 0, heartbeat(EventKind.STEP, 20));

        assertThat(latest.throughEpochNanos(PATIENCE)).isEqualTo(OptionalLong.of(ORIGIN + 90));
    }

    @Test
    void garbageAtTheEndIsPassedOver() {
        log.append(Topic.BUS, 0, heartbeat(EventKind.BUS, 90));
        log.append(Topic.BUS, 0, new byte[] {1, 2, 3});
        log.append(Topic.BUS, 0, null);
        log.append(Topic.BUS, 0, heartbeat(EventKind.COMPUTE, 500)); // another kind's frame
        log.append(Topic.STEP, 0, new byte[0]);

        assertThat(latest.throughEpochNanos(PATIENCE)).isEqualTo(OptionalLong.of(ORIGIN + 90));
    }

    @Test
    void onlyTheEndIsReadHoweverLongThePartition() {
        for (int i = 0; i < 1000; i++) {
            log.append(Topic.STEP, 0, heartbeat(EventKind.STEP, i));
        }

        assertThat(latest.throughEpochNanos(PATIENCE)).isEqualTo(OptionalLong.of(ORIGIN + 999));
        assertThat(log.handedOver()).isLessThanOrEqualTo(16);
    }

    @Test
    void patienceEnds() {
        log.pretendEnd(Topic.BUS, 0, 5); // records that never come

        assertThatThrownBy(() -> latest.throughEpochNanos(Duration.ofMillis(1)))
                .isInstanceOf(KafkaFailedException.class)
                .hasMessage("reading took longer than 0 s: [supernode.bus.v1-0]");
    }

    private static byte[] heartbeat(EventKind kind, long throughNanos) {
        FrameWriter writer = new FrameWriter(kind);
        writer.begin(throughNanos);
        return writer.finish(
                new FrameHeader(1, 0, FrameHeader.HEARTBEAT, 0, ORIGIN, ORIGIN, throughNanos, throughNanos));
    }
}
