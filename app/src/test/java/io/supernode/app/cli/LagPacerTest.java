package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.ingest.kafka.KafkaFailedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LagPacerTest {
    private final List<Boolean> holds = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private long lag;
    private final LagPacer pacer = new LagPacer(this::answer, 1_000, holds::add, said::add);

    private long answer() {
        if (lag < 0) {
            throw new KafkaFailedException("cannot ask", null);
        }
        return lag;
    }

    private void look(long records) {
        lag = records;
        pacer.look();
    }

    @Test
    void isHeldAboveTheMostAndGoesOnAtHalfOfIt() {
        look(1_000);
        assertThat(holds).isEmpty();
        look(1_001);
        look(900);
        look(501);
        assertThat(holds).containsExactly(true);
        look(500);
        look(900);
        assertThat(holds).containsExactly(true, false);
        assertThat(said).containsExactly("held: consumers are 1,001 records behind", "goes on");
    }

    @Test
    void whileNobodyAnswersAllStaysAsItIsAndIsSaidOnce() {
        look(2_000);
        look(-1);
        look(-1);
        assertThat(holds).containsExactly(true);
        assertThat(said).hasSize(2).last().isEqualTo("lag is not known, the replay stays held: cannot ask");
        look(0);
        assertThat(holds).containsExactly(true, false);
    }
}
