package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineScheduleTest {
    @ParameterizedTest
    @CsvSource({"1,1,3", "4,1,1", "4,1,9", "2,2,2", "2,3,8", "4,2,4", "4,2,12", "8,2,168", "6,4,24"})
    void everyPassIsMadeOnceAndNoneBeforeWhatItNeeds(int stages, int virtual, int microbatches) {
        PipelineSchedule schedule = new PipelineSchedule(stages, virtual, microbatches);
        int chunks = stages * virtual;
        int[] next = new int[stages];
        Set<String> made = new HashSet<>();
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int stage = 0; stage < stages; stage++) {
                while (next[stage] < schedule.length()) {
                    int chunk = schedule.chunk(stage, next[stage]);
                    int microbatch = schedule.microbatch(stage, next[stage]);
                    int direction = schedule.direction(stage, next[stage]);
                    assertThat(chunk % stages).isEqualTo(stage);
                    assertThat(schedule.position(chunk, microbatch, direction)).isEqualTo(next[stage]);
                    int before = direction == 0 ? chunk - 1 : chunk + 1;
                    boolean ready = before < 0
                            || before >= chunks
                            || made.contains(before + " " + microbatch + " " + direction);
                    if (!ready) {
                        break;
                    }
                    if (direction == 1) {
                        assertThat(made).contains(chunk + " " + microbatch + " 0");
                    }
                    assertThat(made.add(chunk + " " + microbatch + " " + direction))
                            .isTrue();
                    next[stage]++;
                    moved = true;
                }
            }
        }
        // nobody waits for ever
        assertThat(made).hasSize(2 * chunks * microbatches);
        assertThat(Arrays.stream(next)).containsOnly(schedule.length());
    }

    @Test
    void roundsGoThroughOneChunkAfterTheOther() {
        // 2 stages, 2 chunks each, 4 microbatches: the last stage, after a warm-up of one round of its first chunk
        PipelineSchedule schedule = new PipelineSchedule(2, 2, 4);
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            order.append(schedule.direction(1, i) == 0 ? 'f' : 'b')
                    .append(schedule.chunk(1, i))
                    .append(schedule.microbatch(1, i))
                    .append(' ');
        }
        assertThat(order).hasToString("f10 f11 f30 b30 f31 b31 f12 b10 f13 b11 ");
    }
}
