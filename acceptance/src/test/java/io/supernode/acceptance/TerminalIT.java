package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a terminal that is none: {@code script} gives it one. */
class TerminalIT {
    private static final String UP = "\033[1A";

    @TempDir
    Path folder;

    private static String command(String how) {
        return String.join(
                " ",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx3g",
                "-jar",
                Supernode.home()
                        .resolve("app/target/supernode/lib/supernode-app.jar")
                        .toAbsolutePath()
                        .toString(),
                "run --data-dir data --duration 200s",
                how,
                "--set 'disturbance.hot=slow_card card=17 from=30s magnitude=1.5'");
    }

    @Test
    void onATerminalItIsDrawnInPlaceAndWithoutOneItIsLines() throws IOException {
        String drawn;
        try (Running running = Running.start(folder, List.of("script", "-qefc", command("--speed 6x"), "/dev/null"))) {
            Supernode.Result result = running.await(Duration.ofSeconds(180));
            assertThat(result.exitCode()).as(result.out()).isZero();
            drawn = result.out();
        }
        // three lines, redrawn by going up two
        assertThat(drawn).contains(UP).doesNotContain(UP + "\033[2K" + UP + "\033[2K" + UP);
        assertThat(drawn).containsPattern("[0-9.]+ s( of [^\n]+)?, [0-9,]+ events, [0-9.]+x, asked for 6x");
        assertThat(drawn).containsPattern("[0-9.]+ tokens/s per card, step p99 [0-9.]+ s, 384 cards, [0-9,]+ late");
        assertThat(drawn).containsPattern("1 anomaly: .*[cC]ard 17");
        assertThat(drawn.split("\r?\n|\r|\033\\[[0-9]*[A-Z]"))
                .as("lines of progress")
                .filteredOn(line -> line.contains("asked for"))
                .isNotEmpty()
                .allMatch(line -> line.length() < 80);

        try (Running running = Running.start(folder, List.of("sh", "-c", command("--speed 5x --wall-limit 35s")))) {
            Supernode.Result plain = running.await(Duration.ofSeconds(180));
            assertThat(plain.err()).doesNotContain("\033");
            assertThat(plain.err().lines().filter(line -> line.contains("asked for 5x")))
                    .as("a line each half minute")
                    .hasSize(1);
        }
    }
}
