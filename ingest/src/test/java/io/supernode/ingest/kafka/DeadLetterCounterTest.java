package io.supernode.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.schemas.Topic;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadLetterCounterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final byte[] FRAME = {9};

    private final Log log = new Log();

    @Test
    void whatWasPutAsideOfARunSinceItsStartIsCounted() {
        log.create(Topic.DEADLETTER, 1);
        log.append(Topic.DEADLETTER, 0, FRAME, Map.of("run", "7", "events", "1000")); // before
        DeadLetterCounter counter = new DeadLetterCounter(log.consumer);
        log.append(Topic.DEADLETTER, 0, FRAME, Map.of("run", "7", "events", "400"));
        log.append(Topic.DEADLETTER, 0, FRAME, Map.of("run", "8", "events", "30"));
        log.append(Topic.DEADLETTER, 0, FRAME, Map.of("run", "7", "events", "2"));
        log.append(Topic.DEADLETTER, 0, FRAME, Map.of("stage", "decode"));
        log.append(Topic.DEADLETTER, 0, FRAME, Map.of("run", "7", "events", "many"));

        // 400 + 2 are known; a frame that tells nothing may be of this run
        assertThat(counter.count(7, PATIENCE)).isEqualTo(new DeadLetters(4, 402, 2));

        log.append(Topic.DEADLETTER, 0, FRAME, Map.of("run", "7", "events", "5"));
        assertThat(counter.count(7, PATIENCE)).isEqualTo(new DeadLetters(5, 407, 2));
        assertThat(counter.count(8, PATIENCE)).isEqualTo(new DeadLetters(2, 30, 1));
    }

    @Test
    void withoutTheTopicThereIsNothingToCount() {
        assertThat(new DeadLetterCounter(log.consumer).count(7, PATIENCE)).isEqualTo(new DeadLetters(0, 0, 0));
    }
}
