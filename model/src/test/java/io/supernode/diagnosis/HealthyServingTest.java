package io.supernode.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests that come as they come give some cards work and others none: nothing is wrong with either, however many come.
 * Seeds of their own: none of them was looked at for a threshold.
 */
class HealthyServingTest {
    @ParameterizedTest
    @CsvSource({
        "701, 0.5",
        "702, 2",
        "703, 5",
        "704, 5",
        "705, 10",
        "706, 20",
        "707, 40",
        "708, 60",
        "711, 1",
        "712, 3",
        "713, 7",
        "714, 8",
        "715, 15",
        "716, 25",
        "717, 30",
        "718, 50",
        "719, 80",
        "720, 100",
        "721, 4",
        "722, 6"
    })
    void aHealthyMachineThatServesHasNoAnomalies(long seed, double requestsPerSecond) {
        assertThat(DiagnosedRun.healthyServing(seed, 90, requestsPerSecond).anomalies())
                .isEmpty();
    }
}
