package io.supernode.exporter;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scrape says, read back from its text. */
record Scrape(String text, List<String> lines, Map<String, Double> values) {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_][a-z0-9_]*(?:\\{(?:[a-z_]+=\"[^\"]*\",?)*})?) ([-+0-9.eEInfNa]+)");

    static Scrape of(WindowStore store) {
        return of(store, RunInfo.unknown());
    }

    static Scrape of(WindowStore store, RunInfo info) {
        return of(store, info, new ReaderState(null));
    }

    static Scrape of(WindowStore store, RunInfo info, ReaderState reader) {
        CollectorRegistry registry = new CollectorRegistry();
        new WindowCollector(store, info, new DeadLetters(), reader).register(registry);
        StringWriter text = new StringWriter();
        try {
            TextFormat.write004(text, registry.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return parse(text.toString());
    }

    static Scrape parse(String text) {
        Map<String, Double> values = new TreeMap<>();
        for (String line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                throw new AssertionError("not a sample: " + line);
            }
            String value = sample.group(2).replace("+Inf", "Infinity");
            String series = sample.group(1).replace(",}", "}");
            if (values.put(series, Double.parseDouble(value)) != null) {
                throw new AssertionError("given twice: " + line);
            }
        }
        return new Scrape(text, text.lines().toList(), values);
    }

    double value(String series) {
        if (!values.containsKey(series)) {
            throw new AssertionError("no such series: " + series + "\n" + text);
        }
        return values.get(series);
    }

    /** Series whose metric begins with a name. */
    long count(String prefix) {
        return values.keySet().stream()
                .filter(series -> series.startsWith(prefix))
                .count();
    }
}
