package io.supernode.scenario;

import io.supernode.unit.Quantity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Flat settings such as {@code layout.tp = 16}, read with a type and a default. Remembers what was read, so that
 * {@link #requireAllRead()} finds keys that mean nothing, and {@link #effective()} tells what a run works with. Values
 * carry units ({@link Quantity}). Not thread-safe.
 */
public final class Settings {
    private final Map<String, String> given;
    private final Map<String, String> read = new LinkedHashMap<>();
    /** Keys that mean something, given or not. */
    private final Set<String> known = new TreeSet<>();

    public Settings(Map<String, String> given) {
        this.given = new TreeMap<>(given);
    }

    public String text(String key, String defaultValue) {
        String value = given.getOrDefault(key, defaultValue).strip();
        if (value.isEmpty()) {
            throw new ScenarioException(key, "must not be empty: " + key);
        }
        read.put(key, value);
        known.add(key);
        return value;
    }

    /** Whether a key is given that has no default of its own. Not asked for, it is no part of {@link #effective()}. */
    public boolean has(String key) {
        known.add(key);
        return given.containsKey(key);
    }

    /** Keys given that start so, in order: for settings that name things of one's own. */
    public List<String> under(String prefix) {
        return given.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    }

    /** A whole number, {@code 8192} or {@code 4Mi}. */
    public long count(String key, String defaultValue) {
        return parsed(key, defaultValue, Quantity::count);
    }

    /** A whole number from {@code min} to {@code max}. */
    public int count(String key, String defaultValue, int min, int max) {
        long value = count(key, defaultValue);
        if (value < min || value > max) {
            throw new ScenarioException(key, "must be " + min + " to " + max + ": " + key + "=" + read.get(key));
        }
        return (int) value;
    }

    /** A length of time in nanoseconds, {@code 250ms} or {@code 10m}. */
    public long nanos(String key, String defaultValue) {
        return parsed(key, defaultValue, Quantity::nanos);
    }

    /** A size, {@code 64GiB} or {@code 128GB}. */
    public long bytes(String key, String defaultValue) {
        return parsed(key, defaultValue, Quantity::bytes);
    }

    /** A rate in bytes per second, {@code 392GB/s} or {@code 200Gb/s}. */
    public double bytesPerSecond(String key, String defaultValue) {
        return parsed(key, defaultValue, Quantity::bytesPerSecond);
    }

    public double number(String key, String defaultValue) {
        return parsed(key, defaultValue, Quantity::number);
    }

    /** A share above 0, at most 1. */
    public double ratio(String key, String defaultValue) {
        double value = number(key, defaultValue);
        if (!(value > 0 && value <= 1)) {
            throw new ScenarioException(key, "must be above 0 and at most 1: " + key + "=" + read.get(key));
        }
        return value;
    }

    /** The name of a constant, in lower case. */
    public <E extends Enum<E>> E choice(String key, E defaultValue) {
        String value = text(key, defaultValue.name().toLowerCase(Locale.ROOT));
        E[] constants = defaultValue.getDeclaringClass().getEnumConstants();
        List<String> names = new ArrayList<>();
        for (E constant : constants) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(value)) {
                return constant;
            }
            names.add(name);
        }
        throw new ScenarioException(key, "must be one of " + String.join(", ", names) + ": " + key + "=" + value);
    }

    /**
     * To be called when everything that means something has been read.
     *
     * @throws ScenarioException naming a given key that was not, and the known keys nearest to it
     */
    public void requireAllRead() {
        for (String key : given.keySet()) {
            if (!read.containsKey(key)) {
                throw new ScenarioException(
                        key, "unknown key: " + key + ", did you mean " + String.join(" or ", nearest(key)) + "?");
            }
        }
    }

    /** Everything read so far, with its value, in the order of reading. */
    public Map<String, String> effective() {
        return new LinkedHashMap<>(read);
    }

    /** The first of these keys that was given; the first of all when none was. For errors that concern them all. */
    String given(String... keys) {
        return Arrays.stream(keys).filter(given::containsKey).findFirst().orElse(keys[0]);
    }

    <T> T parsed(String key, String defaultValue, Function<String, T> parser) {
        String value = text(key, defaultValue);
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(key, key + ": " + e.getMessage());
        }
    }

    private List<String> nearest(String key) {
        return known.stream()
                .sorted(Comparator.comparingInt((String known) -> Distance.between(key, known))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(2)
                .toList();
    }
}
