package io.supernode.scenario;

import io.supernode.disturbance.DisturbanceRules;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.TruthTold;
import io.supernode.event.EventSource;
import io.supernode.granularity.Granularity;
import io.supernode.machine.Machine;
import io.supernode.sample.CardSamples;
import io.supernode.serving.Request;
import io.supernode.serving.Serving;
import io.supernode.workload.DecodeWorkload;
import io.supernode.workload.Layout;
import io.supernode.workload.ModelCatalogue;
import io.supernode.workload.PrefillWorkload;
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
 * @param granularity how finely its run is told
 * @param disturbances what goes wrong in it
 * @param samples whether cards tell their gauges once a second
 * @param settings what the run works with, defaults included, as {@code key -> value}
 */
public record Scenario(
        String name,
        Machine machine,
        Workload workload,
        long seed,
        Granularity granularity,
        DisturbanceSchedule disturbances,
        boolean samples,
        Map<String, String> settings) {
    private static final String SERVING = "deepseek-r1-serving";
    private static final String DECODE = "deepseek-r1-decode";
    private static final String PREFILL = "deepseek-r1-prefill";

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
        Granularity granularity = granularity(settings, workload);
        DisturbanceRules rules = DisturbanceSettings.rules(machine, workload);
        DisturbanceSchedule disturbances = DisturbanceSettings.read(settings, rules, seed);
        boolean samples = samples(settings);
        settings.requireAllRead();
        return new Scenario(name, machine, workload, seed, granularity, disturbances, samples, settings.effective());
    }

    /** What the equations say, in no time. */
    public Answer answer() {
        if (workload instanceof TrainingWorkload training) {
            return TrainingAnswer.of(this, training);
        }
        if (workload instanceof DecodeWorkload decode) {
            return ServingAnswer.of(this, decode);
        }
        if (workload instanceof PrefillWorkload prefill) {
            return PrefillAnswer.of(this, prefill);
        }
        return ServingAnswer.of(this, serving());
    }

    /** What can go wrong in it. */
    public DisturbanceRules disturbanceRules() {
        return DisturbanceSettings.rules(machine, workload);
    }

    /**
     * The run of a scenario of training, of decode or of prefill alone, step after step, without end.
     *
     * @throws ScenarioException when the workload needs requests, or when a step holds too many events to be kept
     */
    public EventSource events() {
        return run().from(0, disturbances);
    }

    /**
     * The same, to be had again from any moment and under other disturbances.
     *
     * @throws ScenarioException as {@link #events()}, when it is opened
     */
    public ScenarioRun run() {
        return new ScenarioRun(this);
    }

    /**
     * The run of a serving scenario: the requests, each at the time of its arrival, until the last is served. A request
     * that no die can hold fails the run, with an {@link IllegalArgumentException} that names it, when it is pulled.
     *
     * @param requests in the order of arrival; pulled one by one as the machine takes them
     * @throws ScenarioException when the workload takes no requests
     */
    public EventSource events(Iterator<Request> requests) {
        return events(requests, disturbances);
    }

    /**
     * The same under other disturbances: what has ended before two schedules differ is the same under both.
     *
     * @throws ScenarioException when the workload takes no requests
     */
    public EventSource events(Iterator<Request> requests, DisturbanceSchedule schedule) {
        Serving serving = new Serving(machine, serving());
        EventSource served = serving.events(seed, requests, schedule);
        EventSource run = samples ? new CardSamples(served, machine, serving.profile(), schedule) : served;
        return schedule.isEmpty() ? run : new TruthTold(run, schedule, 0);
    }

    /** The same work on another machine of as many cards; {@code settings} stay those of this one. */
    Scenario on(Machine other) {
        return new Scenario(name, other, workload, seed, granularity, disturbances, samples, settings);
    }

    /** Serving tells half a second of iterations at once, prefill a batch: no layers in their events to be told apart. */
    private static Granularity granularity(Settings settings, Workload workload) {
        Granularity granularity = settings.choice("granularity", Granularity.STAGE);
        boolean layered = workload instanceof TrainingWorkload || workload instanceof DecodeWorkload;
        if (!layered && granularity != Granularity.STAGE) {
            throw new ScenarioException(
                    "granularity",
                    "must be stage for prefill and for a workload that serves requests: granularity="
                            + settings.effective().get("granularity"));
        }
        if (workload instanceof TrainingWorkload training && granularity != Granularity.STAGE) {
            Layout layout = training.layout();
            if (layout.tensor() > 1 && layout.expert() > 1) {
                // ranks of a reduction would come out of exchanges at different times, layer by layer
                throw new ScenarioException(
                        "granularity",
                        "must be stage where layout.tp=" + layout.tensor() + " and layout.ep=" + layout.expert()
                                + " are both above 1: granularity="
                                + settings.effective().get("granularity"));
            }
        }
        return granularity;
    }

    private static boolean samples(Settings settings) {
        String value = settings.text("samples", "false");
        if (!value.equals("false") && !value.equals("true")) {
            throw new ScenarioException("samples", "must be true or false: samples=" + value);
        }
        return value.equals("true");
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
        if (name.equals(PREFILL)) {
            return ServingSettings.readPrefill(settings, name, machine);
        }
        if (ModelSettings.isModel(settings, name)) {
            return TrainingSettings.read(settings, name, machine);
        }
        throw new ScenarioException(
                "workload",
                "unknown workload: " + name + ", known: " + String.join(", ", ModelCatalogue.names()) + ", " + SERVING
                        + ", " + DECODE + ", " + PREFILL
                        + ", or a model of your own with model.layers, model.hidden and so on");
    }
}
