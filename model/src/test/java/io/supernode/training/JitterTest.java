package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The coefficients are not chosen: they can be measured again where the published timelines are at hand. */
class JitterTest {
    private static final Path TIMELINES =
            Path.of(System.getProperty("traces.dir", "../../shared/traces"), "straggler", "timeline-ST.json.gz");
    private static final Pattern SPAN = Pattern.compile("\"name\":\"([a-z-]+)\",\"cat\":\"[a-z-]+\",\"pid\":(\\d+),"
            + "\"tid\":(\\d+),\"ts\":[0-9.eE+-]+,\"dur\":([0-9.eE+-]+),\"ph\":\"X\",\"args\":\\{\"step\":(\\d+)");

    @Test
    void coefficientsAreThoseOfThePublishedTimelines() throws IOException {
        assumeTrue(Files.exists(TIMELINES), "no straggler timelines at " + TIMELINES);
        Map<String, Double> variation = medianVariation();
        assertThat(variation.get("forward-compute")).isCloseTo(Jitter.MEASURED.compute(), within(0.0005));
        assertThat(variation.get("backward-compute")).isCloseTo(Jitter.MEASURED.compute(), within(0.0005));
        assertThat((variation.get("forward-send")
                                + variation.get("forward-recv")
                                + variation.get("backward-send")
                                + variation.get("backward-recv"))
                        / 4)
                .isCloseTo(Jitter.MEASURED.transfer(), within(0.02));
    }

    /** By kind of span: median, over steps and ranks, of deviation over mean inside a step. */
    private static Map<String, Double> medianVariation() throws IOException {
        String text;
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(TIMELINES))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Map<String, List<Double>> spans = new HashMap<>();
        Matcher span = SPAN.matcher(text);
        while (span.find()) {
            String key = span.group(1) + " " + span.group(2) + " " + span.group(3) + " " + span.group(5);
            spans.computeIfAbsent(key, k -> new ArrayList<>()).add(Double.parseDouble(span.group(4)));
        }
        Map<String, List<Double>> variations = new HashMap<>();
        spans.forEach((key, durations) -> {
            if (durations.size() >= 4) {
                double mean = durations.stream().mapToDouble(d -> d).average().orElseThrow();
                double squares =
                        durations.stream().mapToDouble(d -> d * d).average().orElseThrow();
                variations
                        .computeIfAbsent(key.substring(0, key.indexOf(' ')), k -> new ArrayList<>())
                        .add(Math.sqrt(Math.max(0, squares - mean * mean)) / mean);
            }
        });
        Map<String, Double> medians = new HashMap<>();
        variations.forEach((name, values) ->
                medians.put(name, values.stream().sorted().toList().get(values.size() / 2)));
        return medians;
    }
}
