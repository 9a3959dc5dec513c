package io.supernode.scenario;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The scenarios known by name, as settings; what they leave out has the defaults of {@link Scenario}. */
public final class ScenarioCatalogue {
    public static final String DEFAULT = "llama3-405b";

    private static final Map<String, Map<String, String>> SCENARIOS = scenarios();

    private ScenarioCatalogue() {}

    public static Set<String> names() {
        return SCENARIOS.keySet();
    }

    public static boolean contains(String name) {
        return SCENARIOS.containsKey(name);
    }

    /** @throws ScenarioException when no scenario has the name; says which exist and which is nearest */
    public static Map<String, String> settings(String name) {
        Map<String, String> settings = SCENARIOS.get(name);
        if (settings == null) {
            String nearest = SCENARIOS.keySet().stream()
                    .min(Comparator.comparingInt(known -> Distance.between(name, known)))
                    .orElseThrow();
            throw new ScenarioException(
                    "scenario",
                    "unknown scenario: " + name + ", known: " + String.join(", ", names()) + "; did you mean " + nearest
                            + "? (a scenario of your own has to set workload)");
        }
        return settings;
    }

    private static Map<String, Map<String, String>> scenarios() {
        Map<String, Map<String, String>> scenarios = new LinkedHashMap<>();
        scenarios.put("llama3-405b", Map.of("workload", "llama3-405b", "machine", "cloudmatrix384"));
        scenarios.put("llama3-405b-ethernet-910b", Map.of("workload", "llama3-405b", "machine", "ethernet-910b"));
        scenarios.put(
                "llama3-405b-ethernet-samecard", Map.of("workload", "llama3-405b", "machine", "ethernet-samecard"));
        for (String model : new String[] {"llama3-8b", "llama3-70b", "qwen2.5-72b", "qwen3-235b", "deepseek-v3"}) {
            scenarios.put(model, Map.of("workload", model, "machine", "cloudmatrix384"));
        }
        // one instance of 160 cards, expert-parallel over their 320 dies
        scenarios.put(
                "deepseek-r1-decode",
                Map.of("workload", "deepseek-r1-decode", "machine", "cloudmatrix384", "machine.cards", "160"));
        // one instance of 16 cards
        scenarios.put(
                "deepseek-r1-prefill",
                Map.of("workload", "deepseek-r1-prefill", "machine", "cloudmatrix384", "machine.cards", "16"));
        scenarios.put("deepseek-r1-serving", Map.of("workload", "deepseek-r1-serving", "machine", "cloudmatrix384"));
        return scenarios;
    }
}
