package io.supernode.ingest;

import com.fasterxml.jackson.core.JsonToken;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * One event of a Chrome trace while it is at hand: overwritten by the next. Of its arguments those that were asked for
 * are kept. Not thread-safe.
 */
final class ChromeEvent {
    private static final String DIMS = "Input Dims";
    private static final String TYPES = "Input type";
    /** In 2096, counted from 1970. */
    static final long LATEST_NANOS = 4_000_000_000_000_000_000L;
    /** More inputs than any operation has. */
    private static final int INPUTS_MAX = 1 << 16;

    private final JsonInput json;
    private final Set<String> wanted;
    private final Map<String, String> arguments = new HashMap<>();
    private String phase = "";
    private String category = "";
    private String name = "";
    private String process = "";
    private String thread = "";
    private String time = "";
    private String duration = "";
    private long[] elements = new long[4];
    private String[] types = new String[4];
    private int elementsCount;
    private int typesCount;

    ChromeEvent(JsonInput json, Set<String> wanted) {
        this.json = json;
        this.wanted = wanted;
    }

    /** Reads the event that starts at the token at hand. */
    void read() throws InputException {
        arguments.clear();
        phase = category = name = process = thread = time = duration = "";
        elementsCount = typesCount = 0;
        if (json.token() != JsonToken.START_OBJECT) {
            throw json.wrong("is not an event: " + InputException.shown(json.text()));
        }
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            json.nextInside();
            switch (key) {
                case "ph" -> phase = scalar();
                case "cat" -> category = scalar();
                case "name" -> name = scalar();
                case "pid" -> process = scalar();
                case "tid" -> thread = scalar();
                case "ts" -> time = scalar();
                case "dur" -> duration = scalar();
                case "args" -> arguments();
                default -> json.skip();
            }
        }
    }

    String phase() {
        return phase;
    }

    String category() {
        return category;
    }

    String name() {
        return name;
    }

    String process() {
        return process;
    }

    String thread() {
        return thread;
    }

    boolean hasDuration() {
        return !duration.isEmpty();
    }

    /** An argument that was asked for; empty where the event does not have it. */
    String argument(String key) {
        return arguments.getOrDefault(key, "");
    }

    /** A whole argument, from -1. */
    int index(String key) throws InputException {
        String text = argument(key);
        try {
            int index = Integer.parseInt(text);
            if (index >= -1) {
                return index;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw json.wrong("must be a whole number >= -1: " + key + "=" + InputException.shown(text) + " of "
                + InputException.shown(name));
    }

    /** When it began, on the recording's clock; far enough from the ends of 64 bits to be added to. */
    long startNanos() throws InputException {
        long nanos = json.scaled("ts", time, 3);
        if (nanos < -LATEST_NANOS || nanos > LATEST_NANOS) {
            throw json.wrong("must be a time before 2100: ts=" + InputException.shown(time));
        }
        return nanos;
    }

    /** Its length; 0 where it has none. */
    long durationNanos() throws InputException {
        long nanos = hasDuration() ? json.scaled("dur", duration, 3) : 0;
        if (nanos < 0 || nanos > EventAssembly.LONGEST_NANOS) {
            throw json.wrong(
                    "must be 0 to a day: dur=" + InputException.shown(duration) + " of " + InputException.shown(name));
        }
        return nanos;
    }

    /** Bytes of all inputs, from their dimensions and types; -1 where these are not told. */
    long inputBytes() {
        long sum = 0;
        for (int i = 0; i < elementsCount; i++) {
            int size = i < typesCount ? ElementTypes.bytes(types[i]) : -1;
            if (elements[i] == 0 && i < typesCount) {
                continue; // no tensor
            }
            if (size < 0 || elements[i] < 0 || elements[i] > Long.MAX_VALUE / 1024 / size) {
                return -1;
            }
            sum += elements[i] * size;
            if (sum > Long.MAX_VALUE / 2) {
                return -1;
            }
        }
        return elementsCount == 0 ? -1 : sum;
    }

    InputException wrong(String what) {
        return json.wrong(what);
    }

    private void arguments() throws InputException {
        if (json.token() != JsonToken.START_OBJECT) {
            json.skip();
            return;
        }
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            JsonToken value = json.nextInside();
            if (!wanted.contains(key)) {
                json.skip();
            } else if (key.equals(DIMS) && value == JsonToken.START_ARRAY) {
                dimensions();
            } else if (key.equals(TYPES) && value == JsonToken.START_ARRAY) {
                types();
            } else {
                arguments.put(key, scalar());
            }
        }
    }

    private void dimensions() throws InputException {
        for (JsonToken t = json.nextInside(); t != JsonToken.END_ARRAY; t = json.nextInside()) {
            if (elementsCount == INPUTS_MAX) {
                throw json.wrong("has more than " + INPUTS_MAX + " inputs");
            }
            if (elementsCount == elements.length) {
                elements = Arrays.copyOf(elements, 2 * elementsCount);
            }
            elements[elementsCount++] = t == JsonToken.START_ARRAY ? elementsOf() : 0;
        }
    }

    /** Of a list of numbers their product; of a list of lists the sum of theirs; 0 of an empty list; -1 too many. */
    private long elementsOf() throws InputException {
        long product = 1;
        long sum = 0;
        boolean numbers = false;
        for (JsonToken t = json.nextInside(); t != JsonToken.END_ARRAY; t = json.nextInside()) {
            if (t == JsonToken.START_ARRAY) {
                sum = plus(sum, elementsOf());
            } else if (t == JsonToken.VALUE_NUMBER_INT) {
                product = times(product, json.text());
                numbers = true;
            } else {
                json.skip();
            }
        }
        return numbers ? product : sum;
    }

    private static long plus(long a, long b) {
        return a < 0 || b < 0 || a + b < 0 ? -1 : a + b;
    }

    private static long times(long a, String number) {
        try {
            return a < 0 || number.startsWith("-") ? -1 : Math.multiplyExact(a, Long.parseLong(number));
        } catch (ArithmeticException | NumberFormatException e) {
            return -1;
        }
    }

    private void types() throws InputException {
        for (JsonToken t = json.nextInside(); t != JsonToken.END_ARRAY; t = json.nextInside()) {
            if (typesCount == INPUTS_MAX) {
                throw json.wrong("has more than " + INPUTS_MAX + " inputs");
            }
            if (typesCount == types.length) {
                types = Arrays.copyOf(types, 2 * typesCount);
            }
            types[typesCount++] = t.isStructStart() ? "" : json.text();
            json.skip();
        }
    }

    /** The value at hand as text; empty for what is no single value. */
    private String scalar() throws InputException {
        if (json.token().isScalarValue()) {
            return json.text();
        }
        json.skip();
        return "";
    }
}
