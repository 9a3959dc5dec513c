package io.supernode.scenario;

import io.supernode.machine.Machine;
import io.supernode.machine.Precision;
import io.supernode.serving.NominalPrefill;
import io.supernode.serving.Prefilling;
import io.supernode.workload.PrefillWorkload;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The answer for a prefill instance. A step is one batch; tokens are prompt tokens, per card of the instance; utilization is of
 * these cards' INT8 peak.
 */
final class PrefillAnswer {
    private PrefillAnswer() {}

    static Answer of(Scenario scenario, PrefillWorkload workload) {
        Machine machine = scenario.machine();
        NominalPrefill nominal = new Prefilling(machine, workload).nominal();
        int cards = workload.prefill().cards();
        double seconds = nominal.batchSeconds();
        double tokensPerSecond = nominal.tokens() / seconds;
        double peak = cards * machine.card().peak(Precision.INT8);
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("compute", nominal.computeSeconds());
        parts.put("expert_parallel", nominal.exposedSeconds());
        parts.put("overhead", nominal.overheadSeconds());
        return new Answer(
                scenario.name(),
                machine.name(),
                workload.name(),
                machine.cards(),
                machine.peak(Precision.INT8),
                machine.memoryBytes(),
                watts(machine, cards, nominal),
                OptionalDouble.of(seconds),
                parts,
                OptionalDouble.of(tokensPerSecond),
                OptionalDouble.of(tokensPerSecond / cards),
                OptionalDouble.of(2.0 * workload.model().activeParameters() * tokensPerSecond / peak),
                OptionalDouble.of(nominal.flops() / seconds / peak),
                OptionalDouble.empty(),
                OptionalDouble.of((nominal.dispatchBytes() + nominal.combineBytes()) / seconds),
                Answer.latencies(machine));
    }

    /** Cards beside the instance idle. */
    private static double watts(Machine machine, int cards, NominalPrefill nominal) {
        double memory = nominal.memoryBytes()
                / cards
                / nominal.batchSeconds()
                / machine.card().memoryBytesPerSecond();
        double busy = nominal.computeSeconds() / nominal.batchSeconds();
        double all = cards * machine.card().watts(busy, Math.min(1, memory))
                + (machine.cards() - cards) * machine.card().watts(0, 0);
        return machine.watts(all / machine.cards());
    }
}
