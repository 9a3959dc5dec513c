package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A test that the documentation names is there. */
class PromisesTest {
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+(?:Test|IT))(?:#(\\w+))?`");

    @Test
    void everyTestThatTheDocumentationNamesIsThere() throws IOException {
        Map<String, String> tests = new HashMap<>();
        for (Path source : files(Path.of("src", "test", "java"), ".java")) {
            tests.put(source.getFileName().toString().replace(".java", ""), Files.readString(source));
        }
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Path page : files(Path.of("docs"), ".md")) {
            Matcher test = NAMED.matcher(Files.readString(page));
            while (test.find()) {
                named++;
                String source = tests.getOrDefault(test.group(1), "");
                if (source.isEmpty() || test.group(2) != null && !source.contains(" " + test.group(2) + "(")) {
                    missing.add(page.getFileName() + ": " + test.group());
                }
            }
        }
        assertThat(named).isGreaterThan(30);
        assertThat(missing).isEmpty();
    }

    /** Files of all modules, or of the project, under a folder of that name. */
    private static List<Path> files(Path under, String ending) throws IOException {
        Path home = Supernode.home();
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(home)) {
            for (Path module : Stream.concat(Stream.of(home), modules).toList()) {
                if (Files.isDirectory(module.resolve(under))) {
                    try (Stream<Path> all = Files.walk(module.resolve(under))) {
                        all.filter(file -> file.toString().endsWith(ending)).forEach(found::add);
                    }
                }
            }
        }
        return found;
    }
}
