package io.supernode.ingest;

import com.fasterxml.jackson.core.JsonToken;
import io.supernode.event.Fabric;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What {@code communication.json} tells of each operation on the bus: how long, how much of it transfer, how much data. */
final class AscendOperations {
    private static final String ACCEPTED =
            "accepted: communication.json of Ascend's profiler: step, p2p or collective, operation";
    private static final int OPERATIONS_MAX = 1 << 20;
    private static final int MILLIS_POWER = 6;
    private static final int MICROS_POWER = 3;
    private static final int MEGABYTES_POWER = 6;
    /** The sum of the others. */
    private static final String REPEATS_OTHERS = "SDMA";

    private final Map<String, Operation> operations = new HashMap<>();

    /**
     * One operation; times in nanoseconds, the start since 1970 and to a quarter of a microsecond only.
     *
     * @param step as the profiler names it, without {@code step}
     */
    record Operation(
            String step,
            String name,
            String group,
            boolean betweenTwo,
            long startNanos,
            long elapseNanos,
            long transitNanos,
            long bytes,
            Fabric fabric) {}

    /** Reads the file. */
    void read(Path file, InputStream bytes) throws InputException {
        JsonInput json = new JsonInput(file, bytes, ACCEPTED);
        requireObject(json, json.next());
        for (String step = json.nextName(); step != null; step = json.nextName()) {
            requireObject(json, json.nextInside());
            for (String kind = json.nextName(); kind != null; kind = json.nextName()) {
                requireObject(json, json.nextInside());
                for (String name = json.nextName(); name != null; name = json.nextName()) {
                    requireObject(json, json.nextInside());
                    int at = name.indexOf('@');
                    if (at < 0) {
                        json.skip(); // a total
                    } else {
                        operation(
                                json, number(step), kind.equals("p2p"), name.substring(0, at), name.substring(at + 1));
                    }
                }
            }
        }
        if (json.next() != null) {
            throw json.wrong("goes on after its end");
        }
    }

    /** Removes and gives an operation; null where there is none. */
    Operation take(String step, String name) {
        return operations.remove(key(step, name));
    }

    /** Those that have not been taken. */
    Iterable<Operation> rest() {
        return operations.values().stream().sorted((a, b) -> Long.compare(a.startNanos, b.startNanos))::iterator;
    }

    static String number(String step) {
        return step.startsWith("step") ? step.substring("step".length()) : step;
    }

    static void requireObject(JsonInput json, JsonToken token) throws InputException {
        if (token != JsonToken.START_OBJECT) {
            throw json.wrong(
                    token == null ? "holds nothing" : "is not an object: " + InputException.shown(json.text()));
        }
    }

    private void operation(JsonInput json, String step, boolean betweenTwo, String name, String group)
            throws InputException {
        long start = 0;
        long elapse = -1;
        long transit = -1;
        long[] bytes = {0, 0}; // over the bus, over the network
        for (String part = json.nextName(); part != null; part = json.nextName()) {
            requireObject(json, json.nextInside());
            if (part.equals("Communication Bandwidth Info")) {
                links(json, bytes);
                continue;
            }
            for (String key = json.nextName(); key != null; key = json.nextName()) {
                json.nextInside();
                switch (key) {
                    case "Start Timestamp(us)" -> start = amount(json, key, MICROS_POWER, ChromeEvent.LATEST_NANOS);
                    case "Elapse Time(ms)" -> elapse = amount(json, key, MILLIS_POWER, EventAssembly.LONGEST_NANOS);
                    case "Transit Time(ms)" -> transit = amount(json, key, MILLIS_POWER, EventAssembly.LONGEST_NANOS);
                    default -> json.skip();
                }
            }
        }
        if (elapse < 0 || transit < 0) {
            throw json.wrong("key is missing: Elapse Time(ms) or Transit Time(ms) of " + InputException.shown(name));
        }
        if (operations.size() == OPERATIONS_MAX) {
            throw json.wrong("has more than " + OPERATIONS_MAX + " operations");
        }
        Fabric fabric = bytes[0] > 0 ? Fabric.BUS : bytes[1] > 0 ? Fabric.ETHERNET : Fabric.UNKNOWN;
        operations.put(
                key(step, name),
                new Operation(
                        step,
                        name,
                        group,
                        betweenTwo,
                        start,
                        elapse,
                        Math.min(elapse, transit),
                        bytes[0] + bytes[1],
                        fabric));
    }

    private static void links(JsonInput json, long[] bytes) throws InputException {
        for (String link = json.nextName(); link != null; link = json.nextName()) {
            requireObject(json, json.nextInside());
            for (String key = json.nextName(); key != null; key = json.nextName()) {
                json.nextInside();
                if (key.equals("Transit Size(MB)") && !link.equals(REPEATS_OTHERS)) {
                    bytes[link.equals("RDMA") ? 1 : 0] += amount(json, key, MEGABYTES_POWER, 1L << 56);
                } else {
                    json.skip();
                }
            }
        }
    }

    private static long amount(JsonInput json, String key, int power, long largest) throws InputException {
        long amount = json.scaled(key, power);
        if (amount < 0 || amount > largest) {
            throw json.wrong("is out of range: " + key + "=" + InputException.shown(json.text()));
        }
        return amount;
    }

    private static String key(String step, String name) {
        return step + "/" + name;
    }
}
