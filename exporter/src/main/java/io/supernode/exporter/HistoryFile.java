package io.supernode.exporter;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Scrapes of many moments, written as one OpenMetrics text. The format wants all that is of one family together, and in
 * it all that is of one set of labels in the order of time, whereas scrapes come moment by moment: each family is kept
 * in a file of its own until the end, and one family at a time is held in memory. Not thread-safe.
 *
 * @see <a href="https://prometheus.io/docs/specs/om/open_metrics_spec/">OpenMetrics 1.0</a>
 */
final class HistoryFile implements Closeable {
    private final Path folder;
    private final Map<String, Family> families = new LinkedHashMap<>();
    private long samples;

    /** One line of the text without its value and time. */
    private record Series(String name, List<String> labelNames, List<String> labelValues) {}

    HistoryFile() throws IOException {
        folder = Files.createTempDirectory("supernode-history");
    }

    /** Takes one scrape; times may not go back. */
    void add(List<MetricFamilySamples> scrape, long epochMillis) throws IOException {
        for (MetricFamilySamples each : scrape) {
            Family family = families.get(each.name);
            if (family == null) {
                family = new Family(each, folder.resolve(families.size() + ".samples"));
                families.put(each.name, family);
            }
            for (Sample sample : each.samples) {
                family.add(sample, epochMillis);
                samples++;
            }
        }
    }

    /** Samples taken so far. */
    long samples() {
        return samples;
    }

    /** Writes the text, and puts it in its place only when it is whole. */
    void writeTo(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (Writer out = Files.newBufferedWriter(part)) {
            Iterator<Family> left = families.values().iterator();
            TextFormat.writeOpenMetrics100(out, new Enumeration<>() {
                @Override
                public boolean hasMoreElements() {
                    return left.hasNext();
                }

                @Override
                public MetricFamilySamples nextElement() {
                    try {
                        return left.next().whole();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
        } catch (IOException | UncheckedIOException e) {
            Files.deleteIfExists(part);
            throw e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        for (Family family : families.values()) {
            family.out.close();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    /** All samples of one family, in a file, each with the number of its series. */
    private static final class Family {
        private final String name;
        private final Collector.Type type;
        private final String help;
        private final Path file;
        private final DataOutputStream out;
        private final Map<Series, Integer> numbers = new HashMap<>();
        private final List<Series> series = new ArrayList<>();
        private final Map<List<String>, Integer> groups = new HashMap<>();
        private final List<Integer> groupOf = new ArrayList<>();
        private int count;

        Family(MetricFamilySamples first, Path file) throws IOException {
            this.name = first.name;
            this.type = first.type;
            this.help = first.help;
            this.file = file;
            this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
        }

        void add(Sample sample, long epochMillis) throws IOException {
            int number = numbers.computeIfAbsent(
                    new Series(sample.name, sample.labelNames, sample.labelValues), this::number);
            out.writeInt(number);
            out.writeLong(epochMillis);
            out.writeDouble(sample.value);
            count++;
        }

        private int number(Series added) {
            // the buckets of a histogram belong together at each moment, so its bounds do not set series apart
            List<String> group = new ArrayList<>();
            for (int i = 0; i < added.labelNames().size(); i++) {
                if (!added.labelNames().get(i).equals("le")) {
                    group.add(added.labelValues().get(i));
                }
            }
            groupOf.add(groups.computeIfAbsent(group, g -> groups.size()));
            series.add(added);
            return series.size() - 1;
        }

        /** The samples as they came, those of each group together. */
        MetricFamilySamples whole() throws IOException {
            out.flush();
            int[] next = new int[groups.size() + 1];
            try (DataInputStream in = open()) {
                for (int i = 0; i < count; i++) {
                    next[groupOf.get(in.readInt()) + 1]++;
                    in.skipNBytes(Long.BYTES + Double.BYTES);
                }
            }
            Arrays.parallelPrefix(next, Integer::sum);
            Sample[] sorted = new Sample[count];
            try (DataInputStream in = open()) {
                for (int i = 0; i < count; i++) {
                    int number = in.readInt();
                    long epochMillis = in.readLong();
                    Series of = series.get(number);
                    sorted[next[groupOf.get(number)]++] = new Sample(
                            of.name(), of.labelNames(), of.labelValues(), in.readDouble(), null, epochMillis);
                }
            }
            return new MetricFamilySamples(name, type, help, Arrays.asList(sorted));
        }

        private DataInputStream open() throws IOException {
            return new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
        }
    }
}
