package io.supernode.app.cli;

import io.supernode.exporter.RunInfo;
import io.supernode.machine.Collective;
import io.supernode.scenario.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a trace says of itself beside its records: who wrote it, and of which machine and work it is. */
final class TraceNotes {
    static final String WRITER = "writer";
    private static final String SCENARIO = "scenario";
    private static final String MACHINE = "machine";
    private static final String WORKLOAD = "workload";
    private static final String SEED = "seed";
    private static final String CARDS = "cards";
    private static final String CARDS_PER_NODE = "cardsPerNode";
    private static final String NODES_PER_RACK = "nodesPerRack";
    private static final String COLLECTIVE = "collective";

    private TraceNotes() {}

    /** Name and version of this program. */
    static String writer() {
        return new Cli.Version().getVersion()[0];
    }

    /** Of a run of a scenario. */
    static Map<String, String> of(Scenario scenario) {
        Map<String, String> notes = new TreeMap<>();
        notes.put(WRITER, writer());
        notes.put(SCENARIO, scenario.name());
        notes.put(MACHINE, scenario.machine().name());
        notes.put(WORKLOAD, scenario.workload().name());
        notes.put(SEED, Long.toString(scenario.seed()));
        notes.put(CARDS, Integer.toString(scenario.machine().cards()));
        notes.put(CARDS_PER_NODE, Integer.toString(scenario.machine().cardsPerNode()));
        notes.put(NODES_PER_RACK, Integer.toString(scenario.machine().topology().nodesPerRack()));
        notes.put(COLLECTIVE, scenario.machine().collective().name().toLowerCase(Locale.ROOT));
        return notes;
    }

    /**
     * What is known of recorded events.
     *
     * @param cardsSeen cards that reported
     * @param otherwise the machine whose nodes and racks are assumed where the trace tells none
     */
    static RunInfo info(String name, Map<String, String> notes, int cardsSeen, Scenario otherwise) {
        return new RunInfo(
                name,
                notes.getOrDefault(MACHINE, ""),
                notes.getOrDefault(WORKLOAD, ""),
                number(notes, CARDS, cardsSeen),
                number(notes, CARDS_PER_NODE, otherwise.machine().cardsPerNode()),
                number(notes, NODES_PER_RACK, otherwise.machine().topology().nodesPerRack()),
                0,
                0,
                0,
                collective(notes),
                List.of());
    }

    /** Empty where the trace does not tell, or tells what is none. */
    private static Optional<Collective> collective(Map<String, String> notes) {
        return Arrays.stream(Collective.values())
                .filter(each -> each.name().equalsIgnoreCase(notes.get(COLLECTIVE)))
                .findFirst();
    }

    /** A note is text that anybody may have written: what is no number >= 1 tells nothing. */
    private static int number(Map<String, String> notes, String key, int otherwise) {
        try {
            int number = Integer.parseInt(notes.getOrDefault(key, ""));
            return number >= 1 ? number : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
