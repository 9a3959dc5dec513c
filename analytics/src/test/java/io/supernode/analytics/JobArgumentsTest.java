package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobArgumentsTest {
    @Test
    void defaults() {
        assertThat(JobArguments.parse("--kafka", "localhost:9092").options())
                .isEqualTo(new JobOptions(
                        "localhost:9092",
                        Map.of(),
                        "supernode-analytics",
                        JobOptions.Start.EARLIEST,
                        Duration.ofSeconds(10),
                        0,
                        1,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(60),
                        4,
                        true));
    }

    @Test
    void everyArgument(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("client.properties"), "security.protocol=SSL\n");
        JobArguments arguments = JobArguments.parse(
                "--kafka=a:1,b:2",
                "--kafka-config",
                file.toString(),
                "--group",
                "mine",
                "--from",
                "committed",
                "--checkpoint-interval",
                "0s",
                "--parallelism",
                "3",
                "--readers",
                "2",
                "--out-of-orderness",
                "250ms",
                "--allowed-lateness",
                "2m",
                "--nodes-per-rack",
                "18",
                "--diagnose=false");
        assertThat(arguments.help()).isFalse();
        assertThat(arguments.options())
                .isEqualTo(new JobOptions(
                        "a:1,b:2",
                        Map.of("security.protocol", "SSL"),
                        "mine",
                        JobOptions.Start.COMMITTED,
                        Duration.ZERO,
                        3,
                        2,
                        Duration.ofMillis(250),
                        Duration.ofMinutes(2),
                        18,
                        false));
    }

    @Test
    void helpNamesEveryArgument() {
        assertThat(JobArguments.parse("--help").help()).isTrue();
        assertThat(JobArguments.HELP)
                .contains(
                        "--kafka ",
                        "--kafka-config",
                        "--group",
                        "--from",
                        "--readers",
                        "--nodes-per-rack",
                        "--diagnose");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--group x | must be given: --kafka HOST:PORT (see --help)",
                "--kafka | must be followed by a value: --kafka (see --help)",
                "--kafka a:1 --kafka b:1 | must be given once: --kafka",
                "--kafka a:1 --kafak b:1 | unknown argument: --kafak (see --help)",
                "--kafka a:1 --from now | must be earliest, latest or committed: --from now",
                "--kafka a:1 --allowed-lateness 60 | must be a whole number with ms, s or m: --allowed-lateness 60",
                "--kafka a:1 --nodes-per-rack -1 | must be a whole number: --nodes-per-rack -1",
                "--kafka a:1 --diagnose no | must be true or false: --diagnose no",
                "--kafka a:1 --readers 0 | must be >= 1: readers=0",
                "--kafka a:1 --allowed-lateness 2000m | must be at most a day: allowedLateness=PT33H20M"
            })
    void whatIsNotUnderstoodIsSaidInOneLine(String line, String message) {
        assertThatThrownBy(() -> JobArguments.parse(line.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
