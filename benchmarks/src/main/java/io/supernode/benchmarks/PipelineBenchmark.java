package io.supernode.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What an event costs on its way, part by part, and how near each part comes to the bare loop next to it. All arms run in
 * one process against one embedded broker and one Flink runtime, one after the other, several rounds, in another order
 * every round; the first round warms up and is not counted. JSON goes to standard output, a table made from it to
 * standard error.
 *
 * <pre>benchmarks/run [--rounds 5] [--frames-seconds 600] [--single-seconds 120] [--arms NAME,NAME]</pre>
 */
public final class PipelineBenchmark {
    private static final int PAGES = 8;

    private PipelineBenchmark() {}

    /**
     * @param framesSeconds event time of the arms that send whole frames
     * @param singleSeconds event time of the arms that send single events, which are slower and need more memory
     * @param only names of the arms to run; empty for all
     */
    private record Settings(int rounds, long framesSeconds, long singleSeconds, List<String> only) {
        static Settings of(String[] arguments) {
            Map<String, String> given = new LinkedHashMap<>();
            for (int i = 0; i < arguments.length; i += 2) {
                if (!List.of("--rounds", "--frames-seconds", "--single-seconds", "--arms")
                                .contains(arguments[i])
                        || i + 1 == arguments.length) {
                    throw new IllegalArgumentException(
                            "must be --rounds N, --frames-seconds N, --single-seconds N or --arms NAME,NAME: "
                                    + arguments[i]);
                }
                given.put(arguments[i], arguments[i + 1]);
            }
            String arms = given.getOrDefault("--arms", "");
            return new Settings(
                    Integer.parseInt(given.getOrDefault("--rounds", "5")),
                    Long.parseLong(given.getOrDefault("--frames-seconds", "600")),
                    Long.parseLong(given.getOrDefault("--single-seconds", "120")),
                    arms.isEmpty() ? List.of() : List.of(arms.split(",")));
        }
    }

    public static void main(String[] arguments) throws Exception {
        int exitCode = 0;
        try {
            Results results = run(arguments);
            System.out.println(results.json());
            System.err.println(results.table());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            exitCode = 2;
        } catch (IllegalStateException e) {
            System.err.println("failed: " + e.getMessage());
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    /**
     * @throws IllegalArgumentException when an argument is not understood
     * @throws IllegalStateException when an arm did not do all of its work
     */
    static Results run(String... arguments) throws Exception {
        Settings settings = Settings.of(arguments);
        Path folder = Files.createTempDirectory("supernode-benchmark");
        try (Broker broker = Broker.start(folder.resolve("kafka"));
                Cluster cluster = Cluster.start(folder.resolve("flink"), 2)) {
            return measure(settings, arms(settings, broker, cluster));
        } finally {
            delete(folder);
        }
    }

    private static List<Arm> arms(Settings settings, Broker broker, Cluster cluster) {
        Workbench frames = new Workbench(TimeUnit.SECONDS.toNanos(settings.framesSeconds()));
        Workbench single = new Workbench(TimeUnit.SECONDS.toNanos(settings.singleSeconds()));
        say("recording %d s in frames and %d s in single events", settings.framesSeconds(), settings.singleSeconds());
        Recording inFrames = frames.record(0);
        Recording inSingle = single.record(1);
        List<Arm> all = new ArrayList<>(List.of(
                new ModelArm("model-frames", frames, 0),
                new ModelArm("model-single", single, 1),
                new RawArm("raw-single", broker, inSingle),
                new EngineArm("engine-single", single, broker, 1),
                new RawArm("raw-frames", broker, inFrames),
                new RawArm("raw-frames-again", broker, inFrames),
                new EngineArm("engine-frames", frames, broker, 0),
                new SourceArm("source-single", cluster, inSingle),
                new JobArm("job-single", cluster, inSingle),
                new TextbookArm(cluster, inSingle, single.cardsPerNode(), single.nodesPerRack()),
                new SourceArm("source-frames", cluster, inFrames),
                new JobArm("job-frames", cluster, inFrames),
                new JobArm("job-frames-undiagnosed", cluster, inFrames, false),
                new WholeArm(frames, broker, cluster),
                new WatchedArm(new WholeArm(frames, broker, cluster), broker, 0),
                new WatchedArm(new WholeArm(frames, broker, cluster), broker, PAGES)));
        if (!settings.only().isEmpty()) {
            all.removeIf(arm -> !settings.only().contains(arm.name()));
        }
        if (all.isEmpty()) {
            throw new IllegalStateException("no arm has any of these names: " + settings.only());
        }
        return all;
    }

    private static Results measure(Settings settings, List<Arm> arms) throws Exception {
        Results results = new Results(conditions(settings), arms);
        Random order = new Random(1);
        for (int round = 0; round <= settings.rounds(); round++) {
            List<Arm> shuffled = new ArrayList<>(arms);
            Collections.shuffle(shuffled, order);
            for (Arm arm : shuffled) {
                Round measured = Round.of(round, arm);
                say(
                        "round %d of %d  %-22s %.2f M events/s",
                        round, settings.rounds(), arm.name(), measured.eventsPerSecond() / 1e6);
                if (round > 0) {
                    results.add(arm, measured);
                }
            }
        }
        return results;
    }

    private static Map<String, Object> conditions(Settings settings) {
        Map<String, Object> conditions = new LinkedHashMap<>();
        conditions.put("scenario", Workbench.SCENARIO);
        conditions.put("settings", settings);
        conditions.put("processors", Runtime.getRuntime().availableProcessors());
        conditions.put("heap_bytes", Runtime.getRuntime().maxMemory());
        conditions.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        conditions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        conditions.put(
                "collectors",
                java.lang.management.ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(collector -> collector.getName())
                        .toList());
        return conditions;
    }

    private static void say(String format, Object... values) {
        System.err.println(String.format(java.util.Locale.ROOT, format, values));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
