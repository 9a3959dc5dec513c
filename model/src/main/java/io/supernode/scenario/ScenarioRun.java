package io.supernode.scenario;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.TruthTold;
import io.supernode.event.EventSource;
import io.supernode.sample.CardProfile;
import io.supernode.sample.CardSamples;
import io.supernode.sample.CardTemperatures;
import io.supernode.serving.Decoding;
import io.supernode.serving.Prefilling;
import io.supernode.workload.DecodeWorkload;
import io.supernode.workload.PrefillWorkload;
import io.supernode.workload.TrainingWorkload;

/**
 * The run of a scenario, to be had again from any moment and under other disturbances than the scenario's own. What has
 * ended before two schedules differ is the same under both. Used by one thread at a time.
 */
public final class ScenarioRun {
    private final Scenario scenario;
    private final CardTemperatures temperatures = new CardTemperatures();
    private TrainingEvents training;

    ScenarioRun(Scenario scenario) {
        this.scenario = scenario;
    }

    /**
     * Opens it. What was opened before is not to be used any more.
     *
     * @param nanos event time; what ends earlier need not be given
     * @param schedule what goes wrong
     * @throws ScenarioException when the workload needs requests, or when a step holds too many events to be kept
     */
    public EventSource from(long nanos, DisturbanceSchedule schedule) {
        EventSource run = undisclosed(nanos, schedule);
        return schedule.isEmpty() ? run : new TruthTold(run, schedule, nanos);
    }

    private EventSource undisclosed(long nanos, DisturbanceSchedule schedule) {
        if (scenario.workload() instanceof TrainingWorkload workload) {
            if (training == null) {
                training = new TrainingEvents(scenario, workload);
            }
            return training.from(nanos, schedule);
        }
        long second = 0;
        if (scenario.samples()) {
            temperatures.follow(schedule);
            second = temperatures.lastUpTo(nanos / CardSamples.SECOND);
        }
        long from = scenario.samples() ? second * CardSamples.SECOND : nanos;
        if (scenario.workload() instanceof DecodeWorkload decode) {
            Decoding decoding = new Decoding(scenario.machine(), decode);
            EventSource run = decoding.events(scenario.seed(), schedule, from);
            long begun = run.throughNanos();
            EventSource passes = sampled(run, decoding.profile(), schedule, second);
            return decoding.told(passes, scenario.granularity(), begun);
        }
        if (scenario.workload() instanceof PrefillWorkload prefill) {
            Prefilling prefilling = new Prefilling(scenario.machine(), prefill);
            EventSource run = prefilling.events(scenario.seed(), schedule, from);
            return sampled(run, prefilling.profile(), schedule, second);
        }
        throw new ScenarioException(
                "workload",
                "needs a trace of requests: workload=" + scenario.workload().name());
    }

    private EventSource sampled(EventSource run, CardProfile profile, DisturbanceSchedule schedule, long second) {
        return scenario.samples()
                ? new CardSamples(run, scenario.machine(), profile, schedule, temperatures, second)
                : run;
    }
}
