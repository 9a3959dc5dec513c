package io.supernode.scenario;

import io.supernode.machine.Card;
import io.supernode.machine.CardCatalogue;
import io.supernode.machine.Link;
import io.supernode.machine.Machine;
import io.supernode.machine.MachineCatalogue;
import io.supernode.machine.Network;
import io.supernode.unit.Quantity;
import java.util.function.Function;

/**
 * Reads a machine: one of the catalogue, or one of one's own that starts from it ({@code machine: mine}, {@code
 * machine.base: ethernet-910b}). Silicon, scale-up domain and collective algorithm are knobs of every machine; beyond
 * them each figure of card, links and power can be set.
 */
final class MachineSettings {
    private final Settings settings;

    private MachineSettings(Settings settings) {
        this.settings = settings;
    }

    static Machine read(Settings settings) {
        return new MachineSettings(settings).machine();
    }

    private Machine machine() {
        String name = settings.text("machine", "cloudmatrix384");
        Machine base = named(
                settings.has("machine.base") ? "machine.base" : "machine",
                settings.has("machine.base") ? settings.text("machine.base", name) : name,
                MachineCatalogue::named);
        int perNode = settings.has("machine.cardsPerNode")
                ? settings.count("machine.cardsPerNode", "8", 1, 1024)
                : base.cardsPerNode();
        int cards = settings.count("machine.cards", String.valueOf(base.cards()), 1, base.mostCards());
        multiple("machine.cards", cards, perNode);
        Card card = card(
                named("machine.card", settings.text("machine.card", base.card().name()), CardCatalogue::named));
        Network known = base.network();
        int domain = settings.count(
                "machine.domain",
                String.valueOf(perNode == base.cardsPerNode() ? known.domainCards() : perNode),
                1,
                base.mostCards());
        multiple("machine.domain", domain, perNode);
        Network network = new Network(
                link("machine.sameNode", known.sameNode()),
                link("machine.acrossNodes", known.acrossNodes()),
                link("machine.scaleOut", known.scaleOut()),
                domain,
                optional("machine.hopLatency", known.hopLatencyNanos(), Quantity::nanos));
        return new Machine(
                name,
                cards,
                perNode,
                base.mostCards() / perNode * perNode,
                card,
                network,
                base.topology(),
                optional("machine.nodeWatts", base.nodeWatts(), Quantity::number),
                optional("machine.switchRackWatts", base.switchRackWatts() * cards / base.cards(), Quantity::number),
                settings.choice("collective", base.collective()));
    }

    private Card card(Card known) {
        Card card = new Card(
                known.name(),
                flops("machine.card.bf16", known.bf16Flops()),
                flops("machine.card.int8", known.int8Ops()),
                optional("machine.card.memory", known.memoryBytes(), Quantity::bytes),
                positive("machine.card.memoryRate", known.memoryBytesPerSecond(), Quantity::bytesPerSecond),
                optional("machine.card.idleWatts", known.idleWatts(), Quantity::number),
                optional("machine.card.maxWatts", known.maxWatts(), Quantity::number));
        if (card.memoryBytes() < 1) {
            throw new ScenarioException("machine.card.memory", "must be at least 1B: machine.card.memory=0");
        }
        if (!(card.idleWatts() >= 0 && card.idleWatts() <= card.maxWatts())) {
            throw new ScenarioException(
                    settings.given("machine.card.idleWatts", "machine.card.maxWatts"),
                    "must be 0 to machine.card.maxWatts=" + card.maxWatts() + ": machine.card.idleWatts="
                            + card.idleWatts());
        }
        return card;
    }

    private Link link(String key, Link known) {
        return new Link(
                known.fabric(),
                positive(key + ".rate", known.bytesPerSecond(), Quantity::bytesPerSecond),
                share(key + ".efficiency", known.efficiency()),
                share(key + ".allToAllEfficiency", known.allToAllEfficiency()),
                optional(key + ".latency", known.latencyNanos(), Quantity::nanos));
    }

    private double share(String key, double known) {
        return settings.has(key) ? settings.ratio(key, "1") : known;
    }

    private double flops(String key, double known) {
        return positive(key, known, text -> (double) Quantity.count(text));
    }

    private double positive(String key, double known, Function<String, Double> parser) {
        double value = optional(key, known, parser);
        if (!(value > 0)) {
            throw new ScenarioException(key, "must be above 0: " + key + "=" + settings.text(key, ""));
        }
        return value;
    }

    private <T> T optional(String key, T known, Function<String, T> parser) {
        return settings.has(key) ? settings.parsed(key, "", parser) : known;
    }

    private void multiple(String key, int cards, int perNode) {
        if (cards % perNode != 0) {
            throw new ScenarioException(
                    key, "must be a multiple of " + perNode + ", the cards of a node: " + key + "=" + cards);
        }
    }

    private static <T> T named(String key, String name, Function<String, T> catalogue) {
        try {
            return catalogue.apply(name);
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(key, e.getMessage());
        }
    }
}
