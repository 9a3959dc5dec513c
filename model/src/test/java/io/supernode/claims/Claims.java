package io.supernode.claims;

import io.supernode.cost.ExpertExchange;
import io.supernode.event.Fabric;
import io.supernode.machine.Machine;
import io.supernode.machine.MachineCatalogue;
import io.supernode.machine.Precision;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Comparison;
import io.supernode.scenario.Scenario;
import io.supernode.scenario.ScenarioCatalogue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All that the announcement of the supernode claims and all that was measured on it, computed by the model. */
final class Claims {
    private static final String ARTICLE = "announcement, May 2025";
    private static final String PAPER = "CloudMatrix384, arXiv 2506.12708";
    private static final Machine BUS = MachineCatalogue.named("cloudmatrix384");
    private static final Machine SERVERS = MachineCatalogue.named("ethernet-910b");

    /** Published latencies of dispatch and combine at 8, 16, ... 256 ranks, 128 tokens a die; microseconds. */
    private static final double[][] BUS_EXCHANGE = {{116, 131, 133, 141, 152, 152}, {118, 132, 146, 150, 150, 149}};

    private static final double[][] H800_EXCHANGE = {{163, 173, 182, 186, 192, 194}, {318, 329, 350, 353, 369, 360}};

    private final List<Claim> claims = new ArrayList<>();

    static List<Claim> all() {
        Claims claims = new Claims();
        claims.machine();
        claims.latency();
        claims.llama();
        claims.conventional();
        claims.qwen();
        claims.decode();
        claims.power();
        return claims.claims;
    }

    private void machine() {
        double peak = BUS.peak(Precision.BF16) / 1e15;
        add(
                "300 PFLOPS",
                "384 cards of 752 TF, BF16 dense",
                peak,
                "%.1f PF",
                288.7,
                288.9,
                ARTICLE,
                "two cards are sold");
        double faster = MachineCatalogue.named("cloudmatrix384-800tf").peak(Precision.BF16) / 1e15;
        add(
                "300 PFLOPS",
                "384 cards of 800 TF",
                faster,
                "%.1f PF",
                307.1,
                307.3,
                ARTICLE,
                "300 is the round figure between");
        double memory = BUS.memoryBytes() / 1e9;
        claim(
                "48 TB of memory",
                "384 x 128 GB",
                memory,
                format("%,.0f GB = %.2f TB = %.1f TiB; 48 x 1,024 GB", memory, memory / 1e3, memory * 1e9 / (1L << 40)),
                49_151,
                49_153,
                "49,152",
                ARTICLE,
                "the claim counts 1 TB = 1,024 GB of 10^9 bytes: neither TB nor TiB");
    }

    private void latency() {
        double hops = (double) SERVERS.hopLatencyNanos() / BUS.hopLatencyNanos();
        claim(
                "latency cut tenfold",
                "one hop: a bus switch against a conventional one",
                hops,
                format("%d ns against %,d ns: %.0f x", BUS.hopLatencyNanos(), SERVERS.hopLatencyNanos(), hops),
                9.99,
                10.01,
                "10",
                ARTICLE,
                format(
                        "a ratio of hops; small messages between nodes differ by %.1f x",
                        (double) SERVERS.betweenNodes().latencyNanos()
                                / BUS.betweenNodes().latencyNanos()));
        double rates =
                BUS.betweenNodes().bytesPerSecond() / SERVERS.betweenNodes().bytesPerSecond();
        claim(
                "15 times the bandwidth",
                "line rate of a card, one way, against 200 Gb/s",
                rates,
                format("%.0f GB/s against %.0f GB/s: %.1f x", 392.0, 25.0, rates),
                15,
                16,
                "15 to 16",
                ARTICLE,
                "69 to 85 % of the line rate is measured");
        double same = BUS.link(0, 7).transferSeconds(512) * 1e6;
        double across = BUS.link(0, 383).transferSeconds(512) * 1e6;
        add(
                "512 B in a node: 1.2 us",
                "read, card to card, one switch",
                same,
                "%.3f us",
                1.14,
                1.26,
                PAPER + " v2, table 1",
                "writes: 1.3");
        add(
                "512 B across nodes: 1.9 us",
                "three switches, two optical segments",
                across,
                "%.3f us",
                1.805,
                1.995,
                PAPER + " v2, table 1",
                "writes: 2.1");
    }

    private void llama() {
        Answer answer = answer("llama3-405b");
        double rate = rate(answer);
        claim(
                "LLaMA 3: 132 tokens/s per card",
                "training of 405B, TP16 PP8 DP3, sequence 8,192, 4 Mi tokens",
                rate,
                format("%.1f at an MFU of %.1f %%", rate, 100 * mfu(answer)),
                125,
                144,
                "125 to 144",
                ARTICLE,
                "neither size nor training is said; 132 would be an MFU of " + percentAt132("llama3-70b")
                        + " for 70B and " + percentAt132("llama3-8b") + " for 8B");
        Map<String, String> interleaved =
                Map.of("layout.tp", "8", "layout.pp", "12", "layout.dp", "4", "layout.virtualStages", "2");
        double other = rate(Scenario.of("llama3-405b", interleaved).answer());
        add(
                "LLaMA 3: 132 tokens/s per card",
                "the same, TP8 PP12 DP4, two chunks a stage",
                other,
                "%.1f",
                125,
                144,
                ARTICLE,
                "layout is not said");
    }

    private void conventional() {
        compared(
                "2.5 times a conventional cluster",
                "previous card, tensor domain of 16 across servers",
                Map.of("machine", "ethernet-910b"),
                2.1,
                2.8,
                "which card the baseline has is not said");
        compared(
                "2.5 times a conventional cluster",
                "the same, a previous card of 376 TF",
                Map.of("machine", "ethernet-910b", "machine.card", "ascend-910b-376tf"),
                2.09,
                2.45,
                "both figures circulate for the previous card");
        compared(
                "2.5 times a conventional cluster",
                "same card, domain of 16 across servers",
                Map.of("machine", "ethernet-samecard"),
                1.1,
                1.4,
                "the network alone does not give 2.5");
        compared(
                "2.5 times a conventional cluster",
                "same card, domain of 8 in the server (TP8 PP16 DP3)",
                Map.of("machine", "ethernet-samecard", "layout.tp", "8", "layout.pp", "16"),
                0.85,
                1.05,
                "laid out to suit it, the conventional network keeps up");
    }

    private void qwen() {
        rateOf(
                "Qwen: 750 tokens/s per card",
                "training of Qwen2.5-72B, TP4 PP4 DP24",
                "qwen2.5-72b",
                Map.of(),
                690,
                760,
                ARTICLE,
                "which Qwen is not said");
        rateOf(
                "Qwen: 750 tokens/s per card",
                "the same, TP8 PP4 DP12",
                "qwen2.5-72b",
                Map.of("layout.tp", "8", "layout.dp", "12"),
                690,
                760,
                ARTICLE,
                "");
        rateOf(
                "Qwen: 750 tokens/s per card",
                "training of Qwen3-235B-A22B, PP6 EP64, full recompute",
                "qwen3-235b",
                Map.of(),
                0.85 * 850,
                1.15 * 850,
                "calibration: 850",
                expertEfficiencyFor("qwen3-235b", 750));
        rateOf(
                "600 tokens/s per card",
                "training of DeepSeek-V3, PP6 EP64, full recompute",
                "deepseek-v3",
                Map.of(),
                0.85 * 530,
                1.15 * 530,
                "calibration: 530",
                "600 is not assigned to a model; " + expertEfficiencyFor("deepseek-v3", 600));
    }

    private void decode() {
        for (double[] row : new double[][] {{96, 49.4}, {24, 24.6}}) {
            String batch = format("%.0f", row[0]);
            Answer answer = Scenario.of("deepseek-r1-decode", Map.of("decode.batch", batch))
                    .answer();
            double milliseconds = answer.timePerOutputTokenSeconds().orElseThrow() * 1e3;
            claim(
                    format("DeepSeek-R1 decode: %.1f ms per token", row[1]),
                    "batch " + batch + " a card, prompts 4,096, EP320, INT8, one draft",
                    milliseconds,
                    format("%.1f ms, %,.0f tokens/s per card", milliseconds, rate(answer)),
                    0.95 * row[1],
                    1.05 * row[1],
                    "within 5 %",
                    PAPER + ", section 5",
                    "the two fitted constants are fitted on these two rows");
        }
        prefill("0.314", 5_655, "experts as balanced as they were");
        prefill("0.371", 6_688, "perfectly balanced experts");
        exchange("bus, EP 8 to 256", Fabric.BUS, BUS_EXCHANGE, 7_680, 196e9, PAPER + ", section 5");
        exchange("H800 on InfiniBand, EP 8 to 256", Fabric.ETHERNET, H800_EXCHANGE, 7_392, 50e9, "DeepEP, README");
    }

    private void power() {
        double full = answer("llama3-405b").powerWatts() / 1e3;
        add(
                "559 kW",
                "training of 405B, all parts of the machine",
                full,
                "%.0f kW",
                0.95 * 559,
                1.05 * 559,
                "SemiAnalysis, April 2025",
                "an estimate; weights of the power equation are chosen to meet it");
        double most = BUS.watts(BUS.card().watts(1, 1)) / 1e3;
        add(
                "never above 706 kW",
                "every card under stress",
                most,
                "%.0f kW",
                0,
                706.01,
                "white paper v07: 12 x 54 kW + 4 x 14.5 kW",
                "");
        double worst = 0;
        for (String name : ScenarioCatalogue.names()) {
            Scenario scenario = Scenario.of(name, Map.of());
            worst = Math.max(worst, scenario.answer().powerWatts() / 1e3);
        }
        add(
                "never above 706 kW",
                "the hungriest of the built-in scenarios",
                worst,
                "%.0f kW",
                0,
                706.01,
                "as above",
                "");
    }

    private void compared(
            String claim, String reading, Map<String, String> right, double least, double most, String open) {
        Comparison c = Comparison.of(Scenario.of("llama3-405b", Map.of()), Scenario.of("llama3-405b", right));
        double ratio = c.ratio().get("tokens_per_second_per_card");
        claim(
                claim,
                reading,
                ratio,
                format(
                        "%.2f = silicon %.2f x network %.2f x layout %.2f",
                        ratio,
                        c.decomposition().get("silicon"),
                        c.decomposition().get("network"),
                        c.decomposition().get("layout")),
                least,
                most,
                format("%.2f to %.2f", least, most),
                ARTICLE,
                open);
    }

    private void rateOf(
            String claim,
            String reading,
            String name,
            Map<String, String> settings,
            double least,
            double most,
            String source,
            String open) {
        Answer answer = Scenario.of(name, new HashMap<>(settings)).answer();
        double rate = rate(answer);
        claim(
                claim,
                reading,
                rate,
                format("%.0f at an MFU of %.1f %%", rate, 100 * mfu(answer)),
                least,
                most,
                format("%.0f to %.0f", least, most),
                source,
                open);
    }

    private void exchange(
            String reading, Fabric fabric, double[][] published, int dispatchBytes, double rate, String source) {
        ExpertExchange exchange = ExpertExchange.over(fabric);
        double worst = 0;
        for (int i = 0; i < published[0].length; i++) {
            int ranks = 8 << i;
            double dispatch = exchange.dispatchSeconds(1024.0 * dispatchBytes, rate, ranks) * 1e6;
            double combine = exchange.combineSeconds(1024.0 * 14_336, rate, ranks) * 1e6;
            worst = Math.max(worst, Math.abs(dispatch - published[0][i]));
            worst = Math.max(worst, Math.abs(combine - published[1][i]));
        }
        add(
                "latencies of dispatch and combine",
                reading,
                worst,
                "at most %.1f us off, of twelve",
                0,
                10,
                source,
                "128 tokens a die; other batches by the wire time alone");
    }

    private void prefill(String efficiency, double published, String experts) {
        Answer answer = Scenario.of("deepseek-r1-prefill", Map.of("prefill.efficiency", efficiency))
                .answer();
        claim(
                format("DeepSeek-R1 prefill: %,.0f tokens/s per card", published),
                "prompts of 4,096 on 16 cards, INT8, " + experts + ": " + efficiency + " of the peak",
                rate(answer),
                format("%,.0f tokens/s per card", rate(answer)),
                0.95 * published,
                1.05 * published,
                "within 5 %",
                PAPER + ", section 5",
                "the share of the peak is that measurement's own; what is computed is the overhead beside it");
    }

    private void add(
            String claim,
            String reading,
            double value,
            String form,
            double least,
            double most,
            String source,
            String open) {
        String bounds = least == 0 ? "at most " + shortened(most) : shortened(least) + " to " + shortened(most);
        claim(claim, reading, value, format(form, value), least, most, bounds, source, open);
    }

    private void claim(
            String claim,
            String reading,
            double value,
            String given,
            double least,
            double most,
            String bounds,
            String source,
            String open) {
        claims.add(new Claim(claim, reading, value, given, least, most, bounds, source, open));
    }

    /** MFU that 132 tokens/s per card would mean for a model. */
    private static String percentAt132(String name) {
        Answer answer = answer(name);
        return format("%.1f %%", 100 * mfu(answer) * 132 / rate(answer));
    }

    /** The efficiency of expert layers at which a model would reach a rate: by halving. */
    private static String expertEfficiencyFor(String name, double target) {
        double low = 0.1;
        double high = 0.9;
        while (high - low > 1e-4) {
            double middle = (low + high) / 2;
            Map<String, String> settings = Map.of("efficiency.moe", format("%.6f", middle));
            if (rate(Scenario.of(name, settings).answer()) < target) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return format("an expert efficiency of %.3f would give %.0f", low, target);
    }

    private static Answer answer(String name) {
        return Scenario.of(name, Map.of()).answer();
    }

    private static double rate(Answer answer) {
        return answer.tokensPerSecondPerCard().orElseThrow();
    }

    private static double mfu(Answer answer) {
        return answer.modelFlopsUtilization().orElseThrow();
    }

    private static String shortened(double value) {
        return format("%.3f", value).replaceFirst("\\.?0+$", "");
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
