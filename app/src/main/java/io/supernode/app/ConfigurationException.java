package io.supernode.app;

/** What the user asked for cannot be: exit code 2. The message says what, where, and what would be accepted. */
public final class ConfigurationException extends Exception {
    public ConfigurationException(String message) {
        super(message);
    }
}
