package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.app.ExitCode;
import io.supernode.app.stack.EmbeddedBroker;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replay on a terminal takes its keys one by one, shows how it goes, and gives the terminal back as it was, whatever
 * ends it. Where there is no terminal, nothing is drawn.
 */
@Timeout(240)
class KeysIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String ERASE_LINE = "\r\033[2K";
    private static final int COLUMNS = 80;

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws IOException {
        Requirement.TERMINAL.demand(Tool.isOnPath("script") && Tool.isOnPath("stty"));
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        try (KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()))) {
            edge.topics(1).create();
        }
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private static PseudoTerminal replay(String name, String... more) throws IOException {
        return PseudoTerminal.start(Files.createDirectory(folder.resolve(name)), Supernode.command(words(more)));
    }

    private static String[] words(String... more) {
        return Stream.concat(Stream.of("replay", "--kafka", broker.address()), Arrays.stream(more))
                .toArray(String[]::new);
    }

    private static void mustGiveBack(PseudoTerminal terminal) {
        List<String> settings = terminal.beforeAndAfter();
        assertThat(settings.get(1)).isNotEmpty().isEqualTo(settings.get(0));
    }

    @Test
    void keysDriveItAndItsEndGivesTheTerminalBack() throws IOException {
        try (PseudoTerminal terminal = replay("keys", "--cards", "0-63", "--duration", "30s", "--speed", "1x")) {
            terminal.until("progress", LIMIT, () -> terminal.screen().contains("asked for 1x"));
            assertThat(terminal.settings()).contains("-icanon", "-echo ");
            terminal.type(" ");
            terminal.until("a pause", LIMIT, () -> terminal.screen().contains("paused at 1x"));
            terminal.type("\033[A\033[A\033[A");
            terminal.until("more speed", LIMIT, () -> terminal.screen().contains("paused at 8x"));
            terminal.type("\033[B");
            terminal.until("less speed", LIMIT, () -> terminal.screen().contains("paused at 4x"));
            terminal.type(" ");
            terminal.until("it goes on", LIMIT, () -> terminal.screen().contains("asked for 4x"));
            terminal.type("\033[C");
            assertThat(terminal.await(LIMIT)).isEqualTo(ExitCode.OK);
            mustGiveBack(terminal);
            mustFit(terminal.screen());
        }
    }

    /** No line that was drawn is longer than the terminal is wide: it would break, and stay when it is erased. */
    private static void mustFit(String screen) {
        String drawn = screen.substring(screen.indexOf(ERASE_LINE), screen.lastIndexOf(ERASE_LINE));
        assertThat(drawn.split("\r?\n|" + ERASE_LINE.replace("[", "\\[")))
                .allSatisfy(line -> assertThat(line.replaceAll("\033\\[[0-9;]*[A-Za-z]", ""))
                        .hasSizeLessThan(COLUMNS));
    }

    @Test
    void ctrlCGivesTheTerminalBack() throws IOException {
        try (PseudoTerminal terminal = replay("interrupted", "--cards", "0-7", "--speed", "1x")) {
            terminal.until("progress", LIMIT, () -> terminal.screen().contains("asked for 1x"));
            terminal.type("\003");
            assertThat(terminal.await(LIMIT)).isEqualTo(ExitCode.OK);
            mustGiveBack(terminal);
        }
    }

    @Test
    void aKillGivesTheTerminalBack() throws IOException {
        try (PseudoTerminal terminal = replay("killed", "--cards", "0-7", "--speed", "1x")) {
            terminal.until("progress", LIMIT, () -> terminal.screen().contains("asked for 1x"));
            terminal.signal("TERM");
            assertThat(terminal.await(LIMIT)).isEqualTo(ExitCode.OK);
            mustGiveBack(terminal);
        }
    }

    /** Its broker goes away, and does not come back in time. */
    @Test
    void anErrorGivesTheTerminalBack() throws IOException {
        Path impatient = Files.writeString(
                folder.resolve("impatient.properties"), "delivery.timeout.ms=4000\nrequest.timeout.ms=2000\n");
        EmbeddedBroker gone = EmbeddedBroker.start(folder.resolve("gone"));
        try {
            try (KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(gone.address()))) {
                edge.topics(1).create();
            }
            String[] words = {
                "replay", "--kafka", gone.address(), "--kafka-config", impatient.toString(), "--cards", "0-63"
            };
            try (PseudoTerminal terminal =
                    PseudoTerminal.start(Files.createDirectory(folder.resolve("failed")), Supernode.command(words))) {
                terminal.until("progress", LIMIT, () -> terminal.screen().contains("asked for 1x"));
                gone.close();
                assertThat(terminal.await(LIMIT)).isEqualTo(ExitCode.FAILED);
                assertThat(terminal.screen())
                        .contains("supernode: frame did not arrive: topic ")
                        .doesNotContain("\tat ");
                mustGiveBack(terminal);
            }
        } finally {
            gone.close(); // a second time does nothing
        }
    }

    @Test
    void whereThereIsNoTerminalNothingIsDrawn() {
        Supernode.Result result =
                Supernode.run(folder, LIMIT, words("--cards", "0-7", "--duration", "2s", "--speed", "1x"));
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.OK);
        assertThat(result.out() + result.err()).doesNotContain("\033", "\r", "keys:");
        assertThat(result.errorLines()).hasSize(1); // what is replayed, and where
    }
}
