package io.supernode.ingest;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Set;

/** One rank's Kineto file, gone through event by event; what stands around the events is kept. */
final class KinetoFile {
    private static final String ACCEPTED = "accepted: a PyTorch profiler trace, an object with traceEvents";

    private final JsonInput json;
    private long rank = -1;
    private long worldSize;
    private long baseNanos;

    /** Takes the events as they come. */
    interface Taker {
        void take(ChromeEvent event) throws IOException;
    }

    KinetoFile(Path file, InputStream bytes) throws InputException {
        json = new JsonInput(file, bytes, ACCEPTED);
    }

    /** Reads to the end of the file. */
    void read(Set<String> wantedArguments, Taker taker) throws IOException {
        if (json.next() != JsonToken.START_OBJECT) {
            throw json.wrong(json.token() == null ? "holds nothing" : "is not an object");
        }
        boolean found = false;
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            JsonToken value = json.nextInside();
            switch (key) {
                case "distributedInfo" -> distributed();
                case "baseTimeNanoseconds" -> baseNanos = base();
                case "traceEvents" -> {
                    if (value != JsonToken.START_ARRAY || found) {
                        throw json.wrong("must be one list: traceEvents");
                    }
                    found = true;
                    ChromeEvent event = new ChromeEvent(json, wantedArguments);
                    while (json.nextInside() != JsonToken.END_ARRAY) {
                        event.read();
                        taker.take(event);
                    }
                }
                default -> json.skip();
            }
        }
        if (!found) {
            throw json.wrong("key is missing: traceEvents");
        }
        if (json.next() != null) {
            throw json.wrong("goes on after its end");
        }
    }

    /** -1 where the file does not tell. */
    long rank() {
        return rank;
    }

    /** Ranks of the job; 0 where the file does not tell. */
    int worldSize() {
        return (int) worldSize;
    }

    /** What times are counted from, since 1970. */
    long baseNanos() {
        return baseNanos;
    }

    private void distributed() throws InputException {
        if (json.token() != JsonToken.START_OBJECT) {
            json.skip();
            return;
        }
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            json.nextInside();
            switch (key) {
                case "rank" -> rank = count(key);
                case "world_size" -> worldSize = count(key);
                default -> json.skip();
            }
        }
    }

    private long count(String key) throws InputException {
        long count = json.whole(key);
        if (count < 0 || count > RankMap.CARDS_MAX) {
            throw json.wrong("must be 0 to " + RankMap.CARDS_MAX + ": " + key + "=" + count);
        }
        return count;
    }

    private long base() throws InputException {
        long base = json.whole("baseTimeNanoseconds");
        if (base < 0 || base > ChromeEvent.LATEST_NANOS) {
            throw json.wrong("must be a time from 1970 to 2096: baseTimeNanoseconds=" + base);
        }
        return base;
    }
}
