package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The token that a request which changes something has to show. It comes from a file or the environment, never from the
 * command line, which every user of a machine can read. Where others can reach the port and none is given, one is made
 * and kept beside the data.
 */
final class TokenOptions {
    static final String VARIABLE = "SUPERNODE_TOKEN";
    private static final int RANDOM_BYTES = 16;
    private static final int LEAST_CHARACTERS = 8;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "holds the token that pause, seek and disturbances from a page or script have to show"
                    + " (default: the variable " + VARIABLE
                    + "; a made-up one where --listen is not this machine's own address)")
    private Path file;

    /**
     * @param told where it is, for people
     */
    record Token(String value, String told) {}

    /**
     * @param listen {@code HOST:PORT}
     * @param madeUp where one that is made up is kept
     * @return empty where none is needed
     * @throws ConfigurationException when what is given cannot be a token
     */
    Optional<Token> token(String listen, Path madeUp) throws ConfigurationException, IOException {
        if (file != null) {
            try {
                return Optional.of(usable(Files.readString(file).strip(), "--token-file " + file, file.toString()));
            } catch (NoSuchFileException e) {
                throw new ConfigurationException("--token-file " + file + ": there is no such file");
            }
        }
        String variable = System.getenv(VARIABLE);
        if (variable != null && !variable.isBlank()) {
            return Optional.of(usable(variable.strip(), VARIABLE, "the variable " + VARIABLE));
        }
        if (isLoopback(listen)) {
            return Optional.empty();
        }
        if (!Files.exists(madeUp)) {
            byte[] random = new byte[RANDOM_BYTES];
            new SecureRandom().nextBytes(random);
            Files.createFile(
                    madeUp, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(madeUp, HexFormat.of().formatHex(random) + "\n");
        }
        return Optional.of(usable(Files.readString(madeUp).strip(), madeUp.toString(), madeUp.toString()));
    }

    private static Token usable(String value, String from, String told) throws ConfigurationException {
        if (value.length() < LEAST_CHARACTERS || !value.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new ConfigurationException(from + ": must hold a token of " + LEAST_CHARACTERS
                    + " or more printable characters without spaces");
        }
        return new Token(value, told);
    }

    private static boolean isLoopback(String listen) {
        int colon = listen.lastIndexOf(':');
        String host = colon < 0 ? listen : listen.substring(0, colon);
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // the exporter will say so
        }
    }
}
