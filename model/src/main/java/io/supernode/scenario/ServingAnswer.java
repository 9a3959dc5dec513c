package io.supernode.scenario;

import io.supernode.machine.Machine;
import io.supernode.machine.Precision;
import io.supernode.serving.Decoding;
import io.supernode.serving.NominalServing;
import io.supernode.serving.Serving;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.DecodeWorkload;
import io.supernode.workload.ServedModel;
import io.supernode.workload.ServingWorkload;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The answer for a serving scenario: the decode instance at its nominal batch, prompt and output, as measurements are
 * published. A step is one decode iteration; tokens are output tokens; per card means per decode card, because a
 * published rate per card is that. Utilization is of these cards' INT8 peak, drafts that are not accepted left out.
 */
final class ServingAnswer {
    private ServingAnswer() {}

    static Answer of(Scenario scenario, ServingWorkload workload) {
        NominalServing nominal = new Serving(scenario.machine(), workload).nominal();
        int prefillCards = workload.cards() - workload.decode().cards();
        return of(scenario, workload.model(), workload.decode(), prefillCards, nominal);
    }

    static Answer of(Scenario scenario, DecodeWorkload workload) {
        NominalServing nominal = new Decoding(scenario.machine(), workload).nominal();
        return of(scenario, workload.model(), workload.decode(), 0, nominal);
    }

    private static Answer of(
            Scenario scenario, ServedModel model, DecodeSettings decode, int prefillCards, NominalServing nominal) {
        Machine machine = scenario.machine();
        double peakOfCard = machine.card().peak(Precision.INT8);
        double perCard = nominal.decodeTokensPerSecondPerCard();
        double accepted = (1 + decode.draftAcceptance()) / 2;
        return new Answer(
                scenario.name(),
                machine.name(),
                scenario.workload().name(),
                machine.cards(),
                machine.peak(Precision.INT8),
                machine.memoryBytes(),
                watts(machine, decode.cards(), prefillCards, nominal),
                OptionalDouble.of(nominal.iterationSeconds()),
                parts(nominal),
                OptionalDouble.of(perCard * decode.cards()),
                OptionalDouble.of(perCard),
                OptionalDouble.of(2.0 * model.activeParameters() * perCard / peakOfCard),
                OptionalDouble.of(nominal.decodeFlopsPerSecondPerCard() * accepted / peakOfCard),
                OptionalDouble.of(nominal.timePerOutputTokenSeconds()),
                OptionalDouble.of(nominal.busBytesPerSecondPerCard() * decode.cards()),
                Answer.latencies(machine));
    }

    private static Map<String, Double> parts(NominalServing nominal) {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("compute", nominal.attentionSeconds() + nominal.expertSeconds());
        parts.put("expert_parallel", nominal.dispatchSeconds() + nominal.combineSeconds());
        parts.put("overhead", nominal.overheadSeconds());
        return parts;
    }

    /** Prefill and decode both under full load; cards of no instance idle. */
    private static double watts(Machine machine, int decode, int prefill, NominalServing nominal) {
        double busy = (nominal.attentionSeconds() + nominal.expertSeconds()) / nominal.iterationSeconds();
        double memory =
                nominal.decodeMemoryBytesPerSecondPerCard() / machine.card().memoryBytesPerSecond();
        double cards = decode * machine.card().watts(busy, Math.min(1, memory))
                + prefill * machine.card().watts(1, 0)
                + (machine.cards() - decode - prefill) * machine.card().watts(0, 0);
        return machine.watts(cards / machine.cards());
    }
}
