package io.supernode.claims;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every published figure, and the document that shows them. */
class ClaimsTest {
    private static final Path DOCUMENT =
            Path.of("").toAbsolutePath().getParent().resolve("docs/model.md");

    static List<Claim> claims() {
        return Claims.all();
    }

    @ParameterizedTest
    @MethodSource("claims")
    void theModelGivesWhatWasPublished(Claim claim) {
        assertThat(claim.value()).isBetween(claim.least(), claim.most());
    }

    @Test
    void theDocumentHoldsTheTablesThatTheModelGives() throws IOException {
        String document = Files.readString(DOCUMENT);
        String withTables = document;
        for (Map.Entry<String, String> table : ModelTables.all().entrySet()) {
            withTables = replaced(withTables, table.getKey(), table.getValue());
        }
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(DOCUMENT, withTables);
            return;
        }
        assertThat(document)
                .as("docs/model.md, rewritten by: ./mvnw -pl model test -Dtest=ClaimsTest"
                        + " -Dsurefire.argLine=-Ddocs.update=true")
                .isEqualTo(withTables);
    }

    private static String replaced(String document, String name, String table) {
        String begin = "<!-- " + name + ": generated, do not edit -->";
        String end = "<!-- " + name + ": end -->";
        int from = document.indexOf(begin);
        int to = document.indexOf(end);
        assertThat(from).as(begin).isNotNegative();
        assertThat(to).as(end).isGreaterThan(from);
        return document.substring(0, from + begin.length()) + "\n" + table + document.substring(to);
    }
}
