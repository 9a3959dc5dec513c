package io.supernode.scenario;

import io.supernode.machine.Card;
import io.supernode.machine.Machine;
import io.supernode.machine.Network;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Two scenarios side by side: each figure of the left over that of the right, and where the ratio of tokens/s per card
 * comes from.
 *
 * <p>The decomposition gives the right scenario the left one's card (silicon) and its networks, scale-up domain and
 * collective algorithm (network), and then what is left of the difference: number of cards, model, layout, batch,
 * efficiencies (layout). A factor is the rate after a change over the rate before it. What the card gains depends on the
 * network it works on, and the other way round; so both orders are gone through and each factor is the geometric mean of
 * its two. The product of the three is the ratio, exactly.
 *
 * @param ratio left over right, by the names of the answer's fields
 * @param decomposition {@code silicon}, {@code network}, {@code layout}
 */
public record Comparison(Answer left, Answer right, Map<String, Double> ratio, Map<String, Double> decomposition) {
    public static Comparison of(Scenario left, Scenario right) {
        Answer ofLeft = left.answer();
        Answer ofRight = right.answer();
        return new Comparison(ofLeft, ofRight, ratio(ofLeft, ofRight), decomposition(left, right, ofLeft, ofRight));
    }

    private static Map<String, Double> ratio(Answer left, Answer right) {
        Map<String, Double> ratio = new LinkedHashMap<>();
        put(ratio, "tokens_per_second_per_card", left, right, Answer::tokensPerSecondPerCard);
        put(ratio, "tokens_per_second", left, right, Answer::tokensPerSecond);
        put(ratio, "step_seconds", left, right, Answer::stepSeconds);
        put(ratio, "time_per_output_token_seconds", left, right, Answer::timePerOutputTokenSeconds);
        put(ratio, "model_flops_utilization", left, right, Answer::modelFlopsUtilization);
        put(ratio, "model_flops_utilization_with_attention", left, right, Answer::modelFlopsUtilizationWithAttention);
        put(ratio, "bus_bytes_per_second", left, right, Answer::busBytesPerSecond);
        put(ratio, "peak_flops", left, right, a -> OptionalDouble.of(a.peakFlops()));
        put(ratio, "memory_bytes", left, right, a -> OptionalDouble.of(a.memoryBytes()));
        put(ratio, "power_watts", left, right, a -> OptionalDouble.of(a.powerWatts()));
        return ratio;
    }

    private static void put(
            Map<String, Double> ratio, String name, Answer left, Answer right, Function<Answer, OptionalDouble> field) {
        OptionalDouble a = field.apply(left);
        OptionalDouble b = field.apply(right);
        if (a.isPresent() && b.isPresent()) {
            ratio.put(name, a.getAsDouble() / b.getAsDouble());
        }
    }

    private static Map<String, Double> decomposition(Scenario left, Scenario right, Answer ofLeft, Answer ofRight) {
        Machine base = right.machine();
        Card card = left.machine().card();
        Machine network = networked(base, left.machine());
        double before = rate(ofRight);
        double withCard = rate(right.on(base.withCard(card)).answer());
        double withNetwork = rate(right.on(network).answer());
        double withBoth = rate(right.on(network.withCard(card)).answer());
        Map<String, Double> factors = new LinkedHashMap<>();
        factors.put("silicon", Math.sqrt(withCard / before * (withBoth / withNetwork)));
        factors.put("network", Math.sqrt(withNetwork / before * (withBoth / withCard)));
        factors.put("layout", rate(ofLeft) / withBoth);
        return factors;
    }

    private static double rate(Answer answer) {
        return answer.tokensPerSecondPerCard().orElseThrow();
    }

    /** A machine of as many cards, joined as {@code like} joins its own; nodes come with the network. */
    private static Machine networked(Machine machine, Machine like) {
        Card card = machine.card();
        Network network = like.network();
        int cards = machine.cards();
        int perNode = like.cardsPerNode();
        if (cards % perNode != 0) {
            // a node of the other machine does not divide these cards: keep the nodes, take the links
            perNode = machine.cardsPerNode();
            network = network.withDomain(Math.max(1, network.domainCards() / perNode) * perNode);
        }
        return new Machine(
                like.name(),
                cards,
                perNode,
                Math.max(like.mostCards(), cards),
                card,
                network,
                like.topology(),
                like.nodeWatts(),
                like.switchRackWatts() * cards / like.cards(),
                like.collective());
    }
}
