package io.supernode.scenario;

/** A scenario cannot be what its settings say. One line: the key, its value, what would be accepted. */
public final class ScenarioException extends IllegalArgumentException {
    private final String key;

    /** @param key the setting at fault, so that whoever read it from a file can add the line */
    public ScenarioException(String key, String message) {
        super(message);
        this.key = key;
    }

    public String key() {
        return key;
    }
}
