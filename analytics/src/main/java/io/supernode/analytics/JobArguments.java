package io.supernode.analytics;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line of the job on a cluster. */
record JobArguments(boolean help, JobOptions options) {
    static final String HELP = """
            Windows of throughput and latency from the telemetry of supernodes.

              --kafka HOST:PORT[,HOST:PORT...]  where Kafka is (required)
              --kafka-config FILE               further client settings, as key=value lines
              --group ID                        consumer group (supernode-analytics)
              --from earliest|latest|committed  where to begin without a checkpoint (earliest)
              --checkpoint-interval DURATION    0s for none (10s)
              --parallelism N                   subtasks that merge and write (as the cluster says)
              --readers N                       subtasks that read; at most the partitions of
                                                supernode.compute.v1 (1)
              --out-of-orderness DURATION       how far the watermark stays behind (500ms)
              --allowed-lateness DURATION       how late events still correct windows (60s)
              --nodes-per-rack N                nodes that share a rack; 0 for no windows of racks (4)
              --diagnose true|false             whether stragglers are looked for, and traffic told (true)
              --help

            A DURATION is a whole number with a unit: 500ms, 10s, 2m.
            """;

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");
    private static final Pattern COUNT = Pattern.compile("\\d{1,6}");

    /** @throws IllegalArgumentException with one line for people when an argument is not understood */
    static JobArguments parse(String... args) {
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < args.length; i++) {
            String name = args[i];
            if (name.equals("--help")) {
                return new JobArguments(true, null);
            }
            int equals = name.indexOf('=');
            String value;
            if (equals > 0) {
                value = name.substring(equals + 1);
                name = name.substring(0, equals);
            } else if (++i < args.length) {
                value = args[i];
            } else {
                throw new IllegalArgumentException("must be followed by a value: " + name + " (see --help)");
            }
            if (values.put(name, value) != null) {
                throw new IllegalArgumentException("must be given once: " + name);
            }
        }
        String bootstrap = values.remove("--kafka");
        if (bootstrap == null) {
            throw new IllegalArgumentException("must be given: --kafka HOST:PORT (see --help)");
        }
        JobOptions options = JobOptions.of(bootstrap);
        for (Map.Entry<String, String> entry : values.entrySet()) {
            options = with(options, entry.getKey(), entry.getValue());
        }
        return new JobArguments(false, options);
    }

    private static JobOptions with(JobOptions options, String name, String value) {
        return switch (name) {
            case "--kafka-config" -> options.withProperties(properties(Path.of(value)));
            case "--group" -> options.withGroupId(value);
            case "--from" -> options.withStart(start(value));
            case "--checkpoint-interval" -> options.withCheckpointInterval(duration(name, value));
            case "--parallelism" -> options.withParallelism(count(name, value), options.readers());
            case "--readers" -> options.withParallelism(options.parallelism(), count(name, value));
            case "--out-of-orderness" -> options.withLateness(duration(name, value), options.allowedLateness());
            case "--allowed-lateness" -> options.withLateness(options.outOfOrderness(), duration(name, value));
            case "--diagnose" -> options.withDiagnosis(bool(name, value));
            case "--nodes-per-rack" -> options.withNodesPerRack(count(name, value));
            default -> throw new IllegalArgumentException("unknown argument: " + name + " (see --help)");
        };
    }

    private static JobOptions.Start start(String value) {
        return switch (value) {
            case "earliest" -> JobOptions.Start.EARLIEST;
            case "latest" -> JobOptions.Start.LATEST;
            case "committed" -> JobOptions.Start.COMMITTED;
            default -> throw new IllegalArgumentException("must be earliest, latest or committed: --from " + value);
        };
    }

    private static int count(String name, String value) {
        if (!COUNT.matcher(value).matches()) {
            throw new IllegalArgumentException("must be a whole number: " + name + " " + value);
        }
        return Integer.parseInt(value);
    }

    private static boolean bool(String name, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false: " + name + " " + value);
        };
    }

    private static Duration duration(String name, String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a whole number with ms, s or m: " + name + " " + value);
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    private static Map<String, String> properties(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("must be a readable file of key=value lines: --kafka-config " + file, e);
        }
        Map<String, String> map = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> map.put(name, properties.getProperty(name)));
        return map;
    }
}
