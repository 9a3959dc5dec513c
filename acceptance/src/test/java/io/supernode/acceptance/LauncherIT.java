package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./supernode}: at once where nothing has changed, from any folder, with a clear word where Java is missing. */
class LauncherIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void itStartsFromAnyFolderThroughALinkWithoutBuilding() throws IOException {
        assumeTrue(Files.exists(Path.of("/bin/sh")), "skipped: no POSIX shell here");
        Path elsewhere = Files.createDirectory(folder.resolve("a folder with spaces"));
        Path link = Files.createSymbolicLink(elsewhere.resolve("sn"), launcher());

        Supernode.Result result = run(elsewhere, link.toString(), "--version");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).containsIgnoringCase("supernode");
        assertThat(result.err()).as("built just before, so not again").isEmpty();
    }

    @Test
    void relativePathsAreTheCallers() {
        Supernode.Result result = run(folder, launcher().toString(), "info", "here.avro");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("here.avro");
    }

    @Test
    void aJavaThatIsNotThereIsNamed() {
        Supernode.Result result =
                run(folder, "env", "JAVA_HOME=/nowhere", launcher().toString(), "--version");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errorLines()).hasSize(1).first().asString().contains("JAVA_HOME=/nowhere", "17");
    }

    @Test
    void aJavaThatIsTooOldIsNamed() throws IOException {
        Path java = Files.createDirectories(folder.resolve("jdk 11/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        Supernode.Result result = run(
                folder,
                "env",
                "JAVA_HOME=" + folder.resolve("jdk 11"),
                launcher().toString(),
                "--version");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errorLines()).hasSize(1).first().asString().contains("Java 11", "17");
    }

    private static Path launcher() {
        return Supernode.home().toAbsolutePath().normalize().resolve("supernode");
    }

    private static Supernode.Result run(Path folder, String... command) {
        try (Running running = Running.start(folder, List.of(command))) {
            return running.await(LIMIT);
        }
    }
}
