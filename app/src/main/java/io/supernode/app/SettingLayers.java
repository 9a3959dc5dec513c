package io.supernode.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Settings from several places, of which later ones win; knows where each was given. Where the name of a machine or a model
 * is expected, a YAML file may stand: {@code machine: mine.yaml} is the file's keys with {@code machine.} before them, {@code
 * workload: mine.yaml} and {@code model: mine.yaml} with {@code model.}; the name is the file's without its ending.
 */
public final class SettingLayers {
    private static final String MACHINE = "machine";
    private static final String MODEL = "model";
    private static final String WORKLOAD = "workload";

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> places = new LinkedHashMap<>();
    /** By what keys begin with: the file that has to give them. */
    private final Map<String, String> parts = new LinkedHashMap<>();

    /**
     * Adds a layer. What it says itself wins over the files that it names.
     *
     * @param where a key stands, for messages
     * @param folder that files are looked for in
     * @throws ConfigurationException when a file that is named is not one of a machine or model
     */
    public void add(Map<String, String> layer, UnaryOperator<String> where, Path folder) throws ConfigurationException {
        Map<String, String> own = new LinkedHashMap<>(layer);
        for (String key : new String[] {MACHINE, WORKLOAD, MODEL}) {
            String value = own.get(key);
            if (value != null && value.matches(".*\\.ya?ml")) {
                own.remove(key);
                part(key, folder.resolve(value).toString(), where.apply(key));
            }
        }
        own.forEach((key, value) -> put(key, value, where.apply(key)));
    }

    public Map<String, String> settings() {
        return settings;
    }

    /** Where a key was given, or the file that should have it; else {@code otherwise}. */
    public String where(String key, String otherwise) {
        String place = places.get(key);
        if (place != null) {
            return place;
        }
        return parts.entrySet().stream()
                .filter(part -> key.startsWith(part.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    private void part(String key, String path, String place) throws ConfigurationException {
        boolean machine = key.equals(MACHINE);
        String prefix = machine ? MACHINE + "." : MODEL + ".";
        ScenarioFile file = ScenarioFile.part(path, place);
        String named = machine ? MACHINE : WORKLOAD;
        put(named, file.name(), file.origin());
        parts.put(prefix, file.origin());
        file.settings().forEach((given, value) -> {
            // a machine's collective algorithm is a key of its own
            boolean whole = given.startsWith(prefix) || machine && given.equals("collective");
            put(whole ? given : prefix + given, value, file.where(given));
        });
        if (!machine && !settings.containsKey("model.layers")) {
            throw new ConfigurationException(file.origin()
                    + ": layers is missing; a model has layers, hidden, heads, feedForward and vocabulary");
        }
    }

    private void put(String key, String value, String place) {
        settings.put(key, value);
        places.put(key, place);
    }
}
