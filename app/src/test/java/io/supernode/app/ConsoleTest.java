package io.supernode.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Console console(boolean terminal) {
        return new Console(new PrintStream(out, true), new PrintStream(err, true, StandardCharsets.UTF_8), terminal);
    }

    /** What a terminal shows after what was written: it knows new lines, the line above and an erased line. */
    private List<String> screen() {
        List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
        int row = 0;
        String text = err.toString(StandardCharsets.UTF_8);
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\033[2K", i)) {
                lines.get(row).setLength(0);
                i += 3;
            } else if (text.startsWith("\033[1A", i)) {
                row--;
                i += 3;
            } else if (text.charAt(i) == '\n') {
                row++;
                if (row == lines.size()) {
                    lines.add(new StringBuilder());
                }
            } else if (text.charAt(i) != '\r') {
                lines.get(row).append(text.charAt(i));
            }
        }
        return lines.stream().map(StringBuilder::toString).toList();
    }

    @Test
    void progressIsRedrawnInPlaceHoweverManyLinesItHas() {
        Console console = console(true);
        console.progress("one", "two", "three");
        assertThat(screen()).containsExactly("one", "two", "three");
        console.progress("1", "2");
        assertThat(screen()).containsExactly("1", "2", "");
        console.progress("first", "second", "third");
        assertThat(screen()).containsExactly("first", "second", "third");
        console.endProgress();
        assertThat(screen()).containsExactly("", "", "");
    }

    @Test
    void whatIsSaidStandsAboveTheProgress() {
        Console console = console(true);
        console.progress("one", "two");
        console.say("hello");
        console.progress("one", "two");
        assertThat(screen()).containsExactly("supernode: hello", "one", "two");
    }

    @Test
    void aLineNeverBreaksOnEightyColumns() {
        Console console = console(true);
        console.progress("x".repeat(200));
        console.progress("y".repeat(200));
        assertThat(screen()).containsExactly("y".repeat(79));
    }

    @Test
    void whereThereIsNoTerminalThereIsNoProgress() {
        Console console = console(false);
        console.progress("one", "two");
        console.endProgress();
        assertThat(err.size()).isZero();
        Console quiet = console(true);
        quiet.quiet(true);
        quiet.progress("one");
        assertThat(err.size()).isZero();
    }
}
