package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.Cause;
import io.supernode.diagnosis.InMemoryDiagnosis;
import io.supernode.event.BusEvent;
import io.supernode.event.ComputeEvent;
import io.supernode.event.EventBatch;
import io.supernode.event.StepEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The straggler timeline ST, published with its analysis: of what the job loses, 1.22 times would come back without the
 * last stage (M_S), 3 % without the slowest workers (M_W). Two replicas of four stages: the last computes forward 140 ms
 * against 67, backward 204 ms against 144.
 */
class StragglerDiagnosisTest {
    private static final int CARDS_PER_NODE = 8;
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theLastStageIsLongAndNoWorkerIsSlow() throws IOException {
        List<Anomaly> anomalies = diagnosis("timeline-ST.json.gz");

        assertThat(anomalies).extracting(Anomaly::kind).containsExactly(AnomalyKind.STAGE_IMBALANCE);
        Anomaly last = anomalies.get(0);
        assertThat(last.stage()).isEqualTo(3);
        assertThat(last.cause()).isEqualTo(Cause.LAYOUT);
        assertThat(last.lasts()).isTrue();
        assertThat(last.startNanos()).isLessThan(2 * SECOND);
        assertThat(last.detectedNanos()).isLessThan(5 * SECOND);
        // (139.7 + 203.5) / (67.1 + 143.4) by the means of the timeline
        assertThat(last.severityPpm() / 1e6).isCloseTo(1.63, within(0.03));
    }

    private static List<Anomaly> diagnosis(String name) throws IOException {
        Path file = Path.of(System.getProperty("traces.dir", "../../shared/traces"), "straggler", name);
        Assumptions.assumeTrue(Files.exists(file), () -> "recorded traces are not here, set -Dtraces.dir: " + file);
        Recorded recorded = new Recorded();
        Importers.read(file, "straggler", recorded, ImportProgress.SILENT);
        InMemoryDiagnosis diagnosis = new InMemoryDiagnosis(1, 0, 0);
        EventBatch batch = new EventBatch();
        long end = 0;
        for (Record event : recorded.events) {
            batch.clear();
            if (event instanceof ComputeEvent compute) {
                batch.add(compute);
            } else if (event instanceof BusEvent bus) {
                batch.add(bus);
            } else if (event instanceof StepEvent step) {
                batch.add(step);
            }
            end = batch.endNanos(0);
            diagnosis.fold(batch.card(0) / CARDS_PER_NODE, batch);
        }
        diagnosis.advance(end);
        return diagnosis.anomalies();
    }
}
