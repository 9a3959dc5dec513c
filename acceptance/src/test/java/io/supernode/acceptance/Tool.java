package io.supernode.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Programs of others that a test drives. */
final class Tool {
    private Tool() {}

    static boolean isOnPath(String program) {
        for (String folder : System.getenv("PATH").split(java.io.File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** Asked of the client itself: that Testcontainers finds no engine must not pass for there being none. */
    static boolean hasContainers() {
        return isOnPath("docker")
                && run(Path.of("."), Duration.ofSeconds(30), List.of("docker", "info"))
                                .exitCode()
                        == 0;
    }

    static Supernode.Result run(Path folder, Duration limit, List<String> command) {
        try (Running running = Running.start(folder, command)) {
            return running.await(limit);
        }
    }
}
