package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.ScenarioFile;
import io.supernode.app.SettingLayers;
import io.supernode.scenario.Scenario;
import io.supernode.scenario.ScenarioException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which supernode, and what it works on. */
final class ScenarioOptions {
    /** What is run where no scenario is named. */
    static final String TRAINING = "llama3-405b";

    /** What serves a trace of requests where no scenario is named. */
    static final String SERVING = "deepseek-r1-serving";

    @Option(
            names = "--scenario",
            paramLabel = "NAME|FILE",
            description = "a built-in scenario (see \"supernode scenarios\") or a YAML file (default: " + TRAINING
                    + ", or " + SERVING + " for a trace of requests)")
    String nameOrFile;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "change one setting of the scenario, such as layout.dp=2 or machine=mine.yaml; may be repeated")
    List<String> settings = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "seed of every draw (default: the scenario's)")
    Long seed;

    /** Whether cards tell their gauges where neither the scenario nor the command line says whether they do. */
    boolean sampled;

    /** A scenario as it is. */
    static ScenarioOptions named(String nameOrFile) {
        ScenarioOptions options = new ScenarioOptions();
        options.nameOrFile = nameOrFile;
        return options;
    }

    /** The same on another machine, whatever machine is asked for here. */
    ScenarioOptions on(String machine) {
        ScenarioOptions other = new ScenarioOptions();
        other.nameOrFile = nameOrFile;
        other.seed = seed;
        other.sampled = sampled;
        other.settings = new ArrayList<>(settings);
        other.settings.add("machine=" + machine);
        return other;
    }

    /**
     * The scenario with everything that the command line changes in it.
     *
     * @param otherwise the built-in scenario to take where none is named
     * @throws ConfigurationException when it cannot be; the message says where the setting stands
     */
    Scenario scenario(String otherwise) throws ConfigurationException {
        ScenarioFile file = ScenarioFile.find(nameOrFile == null ? otherwise : nameOrFile);
        SettingLayers layers = new SettingLayers();
        if (sampled) {
            layers.add(Map.of("samples", "true"), key -> key, Path.of(""));
        }
        layers.add(file.settings(), file::where, file.folder());
        Map<String, String> fromCommandLine = new LinkedHashMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals <= 0) {
                throw new ConfigurationException("--set " + setting + ": must be KEY=VALUE, such as layout.dp=2");
            }
            fromCommandLine.put(
                    setting.substring(0, equals).strip(),
                    setting.substring(equals + 1).strip());
        }
        if (seed != null) {
            fromCommandLine.put("seed", seed.toString());
        }
        layers.add(fromCommandLine, key -> "--set " + key, Path.of(""));
        try {
            return Scenario.of(file.name(), layers.settings());
        } catch (ScenarioException e) {
            throw new ConfigurationException(layers.where(e.key(), file.origin()) + ": " + e.getMessage());
        }
    }
}
