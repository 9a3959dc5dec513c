package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.supernode.app.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TokenOptionsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void theVariableIsNotSet() {
        assumeTrue(System.getenv(TokenOptions.VARIABLE) == null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8384", "127.9.9.9:0", "[::1]:8384", "localhost:8384"})
    void nobodyElseReachesTheLoopbackInterfaceSoNoTokenIsNeeded(String listen) throws Exception {
        assertThat(of().token(listen, folder.resolve("token"))).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void elsewhereOneIsMadeUpForTheOwnersEyesAndKept() throws Exception {
        Path kept = folder.resolve("token");
        TokenOptions.Token first = of().token("0.0.0.0:8384", kept).orElseThrow();

        assertThat(first.value()).matches("[0-9a-f]{32}");
        assertThat(first.told()).isEqualTo(kept.toString()).doesNotContain(first.value());
        assertThat(Files.getPosixFilePermissions(kept))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(of().token("0.0.0.0:8384", kept)).hasValue(first);
        assertThat(of().token("0.0.0.0:8384", folder.resolve("other"))).isNotEqualTo(first);
    }

    @Test
    void aFileIsTakenEverywhere() throws Exception {
        Path file = Files.writeString(folder.resolve("mine"), "a-token-of-mine\n");
        assertThat(of("--token-file", file.toString())
                        .token("127.0.0.1:8384", folder.resolve("token"))
                        .orElseThrow()
                        .value())
                .isEqualTo("a-token-of-mine");
    }

    @Test
    void whatIsNoTokenIsRefusedWithoutShowingIt() throws Exception {
        Path file = Files.writeString(folder.resolve("short"), "1234567");
        assertThatThrownBy(() -> of("--token-file", file.toString()).token("127.0.0.1:1", folder.resolve("token")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("--token-file " + file
                        + ": must hold a token of 8 or more printable characters without spaces");
        assertThatThrownBy(() -> of("--token-file", folder + "/none").token("127.0.0.1:1", folder.resolve("token")))
                .hasMessageEndingWith("there is no such file");
    }

    private static TokenOptions of(String... arguments) {
        return CommandLine.populateCommand(new TokenOptions(), arguments);
    }
}
