package io.supernode.scenario;

import io.supernode.event.EventSource;
import io.supernode.machine.Machine;
import io.supernode.serving.Decoding;
import io.supernode.serving.Request;
import io.supernode.serving.Serving;
import io.supernode.workload.DecodeWorkload;
import io.supernode.workload.ModelCatalogue;
import io.supernode.workload.ServingWorkload;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.Workload;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A workload on a machine: everything that shapes a run, and nothing else does.
 *
 * @param seed of all randomness
 * @param settings what the run works with, defaults included, as {@code key -> value}
 */
public record Scenario(String name, Machine machine, Workload workload, long seed, Map<String, String> settings) {
    private static final String SERVING = "deepseek-r1-serving";
    private static final String DECODE = "deepseek-r1-decode";

    /**
     * The scenario of that name, changed by {@code overrides}; or, under any other name, a scenario from settings alone,
     * of which {@code workload} must be one.
     *
     * @throws ScenarioException when the name, a key or a value is not known, or values do not fit each other
     */
    public static Scenario of(String name, Map<String, String> overrides) {
        Map<String, String> all = new LinkedHashMap<>();
        if (ScenarioCatalogue.contains(name) || !overrides.containsKey("workload")) {
            all.putAll(ScenarioCatalogue.settings(name));
        }
        all.putAll(overrides);
        Settings settings = new Settings(all);
        Machine machine = MachineSettings.read(settings);
        Workload workload = workload(settings, machine);
        long seed = settings.count("seed", "1");
        String granularity = settings.text("granularity", "stage");
        if (!granularity.equals("stage")) {
            throw new ScenarioException(
                    "granularity",
                    "must be stage (events per pipeline stage and microbatch): granularity=" + granularity);
        }
        settings.requireAllRead();
        return new Scenario(name, machine, workload, seed, settings.effective());
    }

    /** What the equations say, in no time. */
    public Answer answer() {
        if (workload instanceof TrainingWorkload training) {
            return TrainingAnswer.of(this, training);
        }
        if (workload instanceof DecodeWorkload decode) {
            return ServingAnswer.of(this, decode);
        }
        return ServingAnswer.of(this, serving());
    }

    /**
     * The run of a scenario of training or of decode alone, step after step, without end.
     *
     * @throws ScenarioException when the workload needs requests, or when a step holds too many events to be kept
     */
    public EventSource events() {
        if (workload instanceof TrainingWorkload training) {
            return TrainingEvents.of(machine, training, seed);
        }
        if (workload instanceof DecodeWorkload decode) {
            return new Decoding(machine, decode).events(seed);
        }
        throw new ScenarioException("workload", "needs a trace of requests: workload=" + workload.name());
    }

    /**
     * The run of a serving scenario: the requests, each at the time of its arrival, until the last is served. A request
     * that no die can hold fails the run, with an {@link IllegalArgumentException} that names it, when it is pulled.
     *
     * @param requests in the order of arrival; pulled one by one as the machine takes them
     * @throws ScenarioException when the workload takes no requests
     */
    public EventSource events(Iterator<Request> requests) {
        return new Serving(machine, serving()).events(seed, requests);
    }

    /** The same work on another machine of as many cards; {@code settings} stay those of this one. */
    Scenario on(Machine other) {
        return new Scenario(name, other, workload, seed, settings);
    }

    private ServingWorkload serving() {
        if (workload instanceof ServingWorkload serving) {
            return serving;
        }
        throw new ScenarioException("workload", "must be one that serves requests: workload=" + workload.name());
    }

    private static Workload workload(Settings settings, Machine machine) {
        String name = settings.text("workload", "llama3-405b");
        if (name.equals(SERVING)) {
            return ServingSettings.read(settings, name, machine);
        }
        if (name.equals(DECODE)) {
            return ServingSettings.readDecode(settings, name, machine);
        }
        if (ModelSettings.isModel(settings, name)) {
            return TrainingSettings.read(settings, name, machine);
        }
        throw new ScenarioException(
                "workload",
                "unknown workload: " + name + ", known: " + String.join(", ", ModelCatalogue.names()) + ", " + SERVING
                        + ", " + DECODE
                        + ", or a model of your own with model.layers, model.hidden and so on");
    }
}
