package io.supernode.scenario;

import io.supernode.disturbance.Arrivals;
import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceRules;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import io.supernode.machine.Machine;
import io.supernode.workload.ServingWorkload;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.Workload;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads what goes wrong in a run: {@code disturbance.<name> = slow_card card=17 from=30s for=60s magnitude=1.5}, or the
 * same as {@code disturbance.<name>.kind = slow_card}, {@code disturbance.<name>.card = 17} and so on, and {@code
 * disturbances.random}. Numbers go by the order of names, from 0.
 */
final class DisturbanceSettings {
    private static final String PREFIX = "disturbance.";
    private static final String RANDOM = "disturbances.random";
    private static final double MOST = 100_000;

    private DisturbanceSettings() {}

    static DisturbanceSchedule read(Settings settings, DisturbanceRules rules, long seed) {
        double factor = settings.number(RANDOM, "0");
        if (!(factor >= 0 && factor <= MOST)) {
            throw new ScenarioException(
                    RANDOM,
                    "must be 0 to 100000 times the published rates: " + RANDOM + "="
                            + settings.effective().get(RANDOM));
        }
        Set<String> names = new TreeSet<>();
        for (String key : settings.under(PREFIX)) {
            names.add(key.substring(PREFIX.length()).replaceFirst("\\..*", ""));
        }
        List<Disturbance> named = new ArrayList<>();
        for (String name : names) {
            named.add(read(settings, PREFIX + name, rules, named.size()));
        }
        return new DisturbanceSchedule(Disturbances.of(named), Arrivals.of(seed, factor, rules));
    }

    /** What can go wrong: cards and links everywhere, what needs stages, experts or a network where there are some. */
    static DisturbanceRules rules(Machine machine, Workload workload) {
        Set<FaultKind> kinds = EnumSet.of(
                FaultKind.SLOW_CARD,
                FaultKind.THERMAL_RAMP,
                FaultKind.LINK_FLAP,
                FaultKind.LANE_DOWN,
                FaultKind.CRC_STORM,
                FaultKind.HOST_JITTER,
                FaultKind.CARD_LOST);
        kinds.addAll(DisturbanceRules.OF_NODES);
        int stages = 1;
        boolean experts = true;
        boolean scaleOut = machine.betweenNodes().fabric() == Fabric.ETHERNET;
        if (workload instanceof TrainingWorkload training) {
            kinds.add(FaultKind.SEQUENCE_IMBALANCE);
            stages = training.layout().pipeline();
            experts = training.layout().expert() > 1;
            scaleOut = machine.domains() > 1;
        } else if (workload instanceof ServingWorkload) {
            // keys and values go from prefill to decode over the cards' network interfaces
            scaleOut = true;
        }
        if (stages > 1) {
            kinds.add(FaultKind.STAGE_IMBALANCE);
        }
        if (experts) {
            kinds.add(FaultKind.EXPERT_HOT_SPOT);
        }
        if (scaleOut) {
            kinds.add(FaultKind.CONGESTION);
        }
        return new DisturbanceRules(
                workload.name() + " on " + machine.name(),
                machine.cards(),
                machine.cardsPerNode(),
                machine.topology().planes(),
                stages,
                kinds);
    }

    private static Disturbance read(Settings settings, String key, DisturbanceRules rules, long id) {
        StringBuilder line = new StringBuilder();
        if (settings.has(key)) {
            line.append(settings.text(key, ""));
        } else {
            line.append(settings.text(key + ".kind", ""));
        }
        for (String part : settings.under(key + ".")) {
            if (!part.equals(key + ".kind")) {
                line.append(' ')
                        .append(part.substring(key.length() + 1))
                        .append('=')
                        .append(settings.text(part, ""));
            }
        }
        try {
            return rules.parse(id, line.toString());
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(settings.given(key, key + ".kind"), key + " = " + line + ": " + e.getMessage());
        }
    }
}
