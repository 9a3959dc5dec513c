package io.supernode.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** All rounds of all arms, as one JSON document and as a table made from the same figures. */
final class Results {
    private final Map<String, Object> conditions;
    private final Map<Arm, List<Round>> rounds = new LinkedHashMap<>();

    /** A quotient worth naming: how many times the first arm does of what the second does. */
    private record Ratio(String says, String numerator, String denominator) {}

    private static final List<Ratio> RATIOS = List.of(
            new Ratio("noise: the same arm against itself", "raw-frames-again", "raw-frames"),
            new Ratio("frames over single records, raw", "raw-frames", "raw-single"),
            new Ratio("engine over raw loop, single records", "engine-single", "raw-single"),
            new Ratio("engine over raw loop, frames", "engine-frames", "raw-frames"),
            new Ratio("engine, frames over single records", "engine-frames", "engine-single"),
            new Ratio("job over the job without diagnosis, frames", "job-frames", "job-frames-undiagnosed"),
            new Ratio("job over its source alone, frames", "job-frames", "source-frames"),
            new Ratio("job, frames over single records", "job-frames", "job-single"),
            new Ratio("job over textbook, single records", "job-single", "textbook"),
            new Ratio("job in frames over textbook", "job-frames", "textbook"),
            new Ratio("watched by 8 pages and a scraper over not", "watched", "unwatched"));

    Results(Map<String, Object> conditions, List<Arm> arms) {
        this.conditions = conditions;
        arms.forEach(arm -> rounds.put(arm, new ArrayList<>()));
    }

    void add(Arm arm, Round round) {
        rounds.get(arm).add(round);
    }

    String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", 1);
        all.put("conditions", conditions);
        List<Object> arms = new ArrayList<>();
        rounds.forEach((arm, measured) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", arm.name());
            one.put("does", arm.does());
            one.put("events_per_second", Figures.of(measured, Round::eventsPerSecond));
            one.put("cpu_nanos_per_event", Figures.of(measured, Round::cpuNanosPerEvent));
            one.put("cpu_nanos_per_event_by_part", cpuByPart(measured));
            one.put("rounds", measured);
            arms.add(one);
        });
        all.put("arms", arms);
        all.put("ratios", ratios());
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%-22s %10s %21s %9s %9s | CPU ns/event by part%n",
                "arm",
                "events/s",
                "(lowest..highest)",
                "bytes/ev.",
                "CPU ns/ev."));
        rounds.forEach((arm, measured) -> {
            Figures rate = Figures.of(measured, Round::eventsPerSecond);
            Round any = measured.get(0);
            table.append(String.format(
                    Locale.ROOT,
                    "%-22s %10s %21s %9.1f %9.0f |",
                    arm.name(),
                    millions(rate.median()),
                    "(" + millions(rate.low()) + ".." + millions(rate.high()) + ")",
                    any.bytes() / (double) any.events(),
                    Figures.of(measured, Round::cpuNanosPerEvent).median()));
            cpuByPart(measured).forEach((part, nanos) -> {
                if (nanos.median() >= 0.5) {
                    table.append(String.format(Locale.ROOT, " %s %.0f", part, nanos.median()));
                }
            });
            table.append('\n');
        });
        table.append('\n');
        ratios().forEach((says, ratio) -> table.append(String.format(
                Locale.ROOT, "%-42s %6.2f (%.2f..%.2f)%n", says, ratio.median(), ratio.low(), ratio.high())));
        return table.toString();
    }

    private Map<String, Figures> ratios() {
        Map<String, Figures> ratios = new LinkedHashMap<>();
        for (Ratio ratio : RATIOS) {
            double[] numerators = rates(ratio.numerator());
            double[] denominators = rates(ratio.denominator());
            if (numerators.length > 0 && denominators.length > 0) {
                ratios.put(ratio.says(), Figures.ofRatios(numerators, denominators));
            }
        }
        return ratios;
    }

    private double[] rates(String name) {
        return rounds.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .flatMap(entry -> entry.getValue().stream())
                .mapToDouble(Round::eventsPerSecond)
                .toArray();
    }

    private static Map<String, Figures> cpuByPart(List<Round> measured) {
        Map<String, Figures> parts = new TreeMap<>();
        for (CpuByPart.Part part : CpuByPart.Part.values()) {
            parts.put(
                    part.name().toLowerCase(Locale.ROOT), Figures.of(measured, round -> round.cpuNanosPerEvent(part)));
        }
        return parts;
    }

    private static String millions(double perSecond) {
        return String.format(Locale.ROOT, "%.2f M", perSecond / 1e6);
    }
}
