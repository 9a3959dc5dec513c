package io.supernode.app;

import io.supernode.scenario.ScenarioCatalogue;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * A scenario as a YAML file: one setting a line, {@code layout.tp: 16}, values with their units; keys may be nested
 * instead ({@code layout: {tp: 16}}). Where each key stands is remembered, so that an error can say it.
 *
 * @param origin the file, or a built-in scenario's name, as messages show it
 * @param settings key to value, in the order of the file; empty for a built-in scenario
 * @param lines key to line, from 1
 */
public record ScenarioFile(String origin, Map<String, String> settings, Map<String, Integer> lines) {
    private static final String WORKLOAD = "workload";

    /**
     * Finds a scenario: a built-in name, or else a file.
     *
     * @throws ConfigurationException when there is neither, or the file is not a scenario
     */
    public static ScenarioFile find(String nameOrFile) throws ConfigurationException {
        if (ScenarioCatalogue.contains(nameOrFile)) {
            return new ScenarioFile(nameOrFile, Map.of(), Map.of());
        }
        try (Reader reader = Files.newBufferedReader(Path.of(nameOrFile))) {
            ScenarioFile file = parse(nameOrFile, reader);
            if (!file.settings().containsKey(WORKLOAD) && !file.settings().containsKey("model")) {
                throw new ConfigurationException(nameOrFile
                        + ": workload is missing; a scenario says what is done, such as workload: llama3-405b");
            }
            return file;
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("--scenario " + nameOrFile + ": no file and no built-in scenario has this"
                    + " name; built in are " + String.join(", ", ScenarioCatalogue.names()));
        } catch (IOException e) {
            throw new ConfigurationException(
                    "--scenario " + nameOrFile + ": cannot be read as text: " + e.getMessage());
        }
    }

    /**
     * Reads a machine or a model in a file of its own; its keys as they stand.
     *
     * @param place where the file is named, for messages
     * @throws ConfigurationException when there is no such file, or it is not one of settings
     */
    static ScenarioFile part(String path, String place) throws ConfigurationException {
        try (Reader reader = Files.newBufferedReader(Path.of(path))) {
            return parse(path, reader);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(place + ": no such file: " + path);
        } catch (IOException e) {
            throw new ConfigurationException(place + ": cannot be read as text: " + path + ": " + e.getMessage());
        }
    }

    /** The folder that other files are named from: the file's own. */
    public Path folder() {
        Path parent = Path.of(origin).getParent();
        return parent == null ? Path.of("") : parent;
    }

    /** The name under which reports show the scenario: a built-in name, or the file's without its ending. */
    public String name() {
        return Path.of(origin).getFileName().toString().replaceFirst("\\.ya?ml$", "");
    }

    /** Where a key stands, for messages: {@code file:line}, or the file alone for a key that is not in it. */
    public String where(String key) {
        Integer line = lines.get(key);
        return line == null ? origin : origin + ":" + line;
    }

    private static ScenarioFile parse(String origin, Reader reader) throws ConfigurationException {
        Node root;
        try {
            root = new Yaml(new LoaderOptions()).compose(reader);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new ConfigurationException(origin + ":" + line + ": not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new ConfigurationException(origin + ": not YAML: " + e.getMessage());
        }
        if (!(root instanceof MappingNode)) {
            throw new ConfigurationException(origin + ":1: not a scenario; accepted: lines such as \"layout.tp: 16\"");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        Map<String, Integer> lines = new LinkedHashMap<>();
        flatten(origin, "", (MappingNode) root, settings, lines);
        return new ScenarioFile(origin, settings, lines);
    }

    private static void flatten(
            String origin, String prefix, MappingNode node, Map<String, String> settings, Map<String, Integer> lines)
            throws ConfigurationException {
        for (NodeTuple tuple : node.getValue()) {
            int line = tuple.getKeyNode().getStartMark().getLine() + 1;
            if (!(tuple.getKeyNode() instanceof ScalarNode)) {
                throw new ConfigurationException(origin + ":" + line + ": a key is plain text");
            }
            String key = prefix + ((ScalarNode) tuple.getKeyNode()).getValue();
            Node value = tuple.getValueNode();
            if (value instanceof MappingNode) {
                flatten(origin, key + ".", (MappingNode) value, settings, lines);
            } else if (value instanceof ScalarNode) {
                if (settings.put(key, ((ScalarNode) value).getValue()) != null) {
                    throw new ConfigurationException(origin + ":" + line + ": " + key
                            + " is given twice (first on line " + lines.get(key) + ")");
                }
                lines.put(key, line);
            } else {
                throw new ConfigurationException(
                        origin + ":" + line + ": " + key + ": one value is expected, not a list");
            }
        }
    }
}
