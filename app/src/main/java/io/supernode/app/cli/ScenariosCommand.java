package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.ExitCode;
import io.supernode.scenario.Scenario;
import io.supernode.scenario.ScenarioCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code scenarios} */
@Command(
        name = "scenarios",
        mixinStandardHelpOptions = true,
        description = "Lists the built-in scenarios, or shows one with all its settings as a YAML file to start from.")
final class ScenariosCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(arity = "0..1", paramLabel = "NAME|FILE", description = "the scenario to show")
    private String name;

    ScenariosCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        session.console().data(name == null ? list() : show());
        return ExitCode.OK;
    }

    private static String list() {
        List<String> lines = new ArrayList<>();
        for (String each : ScenarioCatalogue.names()) {
            Scenario s = Scenario.of(each, Map.of());
            lines.add(String.format(
                    Locale.ROOT,
                    "%-32s %s on %s, %d cards",
                    each,
                    s.workload().name(),
                    s.machine().name(),
                    s.machine().cards()));
        }
        return String.join(System.lineSeparator(), lines);
    }

    /** One setting a line: dotted keys, because {@code machine} has a value and {@code machine.cards} too. */
    private String show() throws ConfigurationException {
        Scenario scenario = ScenarioOptions.named(name).scenario(ScenarioOptions.TRAINING);
        List<String> lines = new ArrayList<>();
        new TreeMap<>(scenario.settings()).forEach((key, value) -> lines.add(key + ": " + value));
        return String.join(System.lineSeparator(), lines);
    }
}
