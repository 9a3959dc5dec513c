package io.supernode.ingest;

import com.fasterxml.jackson.core.JsonToken;
import io.supernode.event.EventBatch;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Measured runs of vLLM: a file {@code requests.jsonl}, or the folder that holds it, with one object per line:
 * {@code input_toks}, {@code output_toks}, {@code arrival_time} (seconds since 1970) and, on another clock that starts
 * anywhere, {@code queued_ts}, {@code first_token_ts}, {@code last_token_ts} (seconds).
 *
 * <p>By itself it is a log of requests like others, which a scenario can serve. Where the measurement is asked for, each
 * line is a request event with the times that the engine reached. These are kept on the engine's clock, where a request
 * arrives when it is queued, and the first of them is taken to have been queued when it arrived: the difference between
 * the clocks is not told, and differs from request to request by what the way to the engine took.
 */
final class VllmFormat implements RecordingFormat {
    private static final String FILE = "requests.jsonl";
    private static final String INPUT = "input_toks";
    private static final String OUTPUT = "output_toks";
    private static final String ARRIVAL = "arrival_time";
    private static final String QUEUED = "queued_ts";
    private static final String FIRST = "first_token_ts";
    private static final String LAST = "last_token_ts";
    private static final String ACCEPTED = "accepted: one object per line with input_toks, output_toks, arrival_time"
            + " and, where measured, queued_ts, first_token_ts, last_token_ts (seconds)";
    private static final int NANOS_POWER = 9;
    private static final int[] NO_BLOCKS = {};
    private static final long MISSING = -1;

    @Override
    public String name() {
        return "vllm";
    }

    @Override
    public String lookedFor() {
        return "a JSON object per line with input_toks, output_toks, arrival_time, or a folder with " + FILE;
    }

    @Override
    public boolean recognises(Recording recording) throws IOException {
        Path inFolder = recording.path().resolve(FILE);
        FileHead head = recording.entries().contains(inFolder) ? FileHead.of(inFolder) : recording.head();
        String line = head.firstLine().stripLeading();
        return line.startsWith("{")
                && line.contains('"' + INPUT + '"')
                && line.contains('"' + OUTPUT + '"')
                && line.contains('"' + ARRIVAL + '"');
    }

    @Override
    public void read(Recording recording, ImportOptions options, RecordingOutput out) throws IOException {
        Path file = recording.isFolder() ? recording.path().resolve(FILE) : recording.path();
        JsonInput json = new JsonInput(file, recording.open(file), ACCEPTED);
        try (EventAssembly events = new EventAssembly(file)) {
            RequestLog log = new RequestLog(file, ARRIVAL, true, out);
            Tally tally = new Tally();
            recording.asFarAsGood(() -> {
                for (JsonToken token = json.next(); token != null; token = json.next()) {
                    Line line = new Line(json);
                    boolean isFirstTimed = line.isTimed() && tally.timed == 0;
                    tally.clockDifference = isFirstTimed ? line.arrival - line.queued : tally.clockDifference;
                    if (options.measured()) {
                        line.addTo(events, tally.count, tally.clockDifference);
                    } else {
                        log.add(line.number, line.shown, line.arrival, line.input, line.output, NO_BLOCKS);
                    }
                    tally.timed += line.isTimed() ? 1 : 0;
                    tally.count++;
                }
                if (!options.measured() || tally.count == 0) {
                    log.end();
                }
            });
            if (options.measured() && tally.count > 0) {
                out.note("measured", "what the engine reached, reported by card 0");
                events.finish(options, out);
            }
            if (tally.timed > 0 && !options.measured()) {
                out.remark(tally.timed + " of " + tally.count
                        + " tell when their tokens came, which is left out unless asked for");
            }
            if (tally.timed < tally.count && options.measured()) {
                out.remark(tally.count - tally.timed + " of " + tally.count + " do not tell when their tokens came");
            }
        }
    }

    /** What has been read so far. */
    private static final class Tally {
        long count;
        long timed;
        /** Time since 1970 less time on the engine's clock, nanoseconds. */
        long clockDifference;
    }

    /** One request. */
    private static final class Line {
        private final JsonInput json;
        private final long number;
        private String shown;
        private long arrival = MISSING;
        private long input = MISSING;
        private long output = MISSING;
        private long queued = MISSING;
        private long first = MISSING;
        private long last = MISSING;

        Line(JsonInput json) throws InputException {
            this.json = json;
            if (json.token() != JsonToken.START_OBJECT) {
                throw json.wrong("is not an object: " + InputException.shown(json.text()));
            }
            for (String key = json.nextName(); key != null; key = json.nextName()) {
                json.nextInside();
                switch (key) {
                    case INPUT -> input = tokens(key);
                    case OUTPUT -> output = tokens(key);
                    case ARRIVAL -> {
                        shown = json.text();
                        arrival = time(key);
                    }
                    case QUEUED -> queued = time(key);
                    case FIRST -> first = time(key);
                    case LAST -> last = time(key);
                    default -> json.skip();
                }
            }
            number = json.line();
            require(INPUT, input);
            require(OUTPUT, output);
            require(ARRIVAL, arrival);
            if (isTimed() && (first < queued || last < first)) {
                throw json.wrong("times must not go backwards: " + QUEUED + ", " + FIRST + ", " + LAST + " of "
                        + ARRIVAL + "=" + InputException.shown(shown));
            }
        }

        boolean isTimed() {
            return queued != MISSING && first != MISSING && last != MISSING;
        }

        /** @param clockDifference what to add to the engine's clock for time since 1970 */
        void addTo(EventAssembly events, long request, long clockDifference) throws IOException {
            EventBatch event = events.adding();
            if (isTimed()) {
                event.addRequest(
                        0,
                        request,
                        queued + clockDifference,
                        first + clockDifference,
                        last + clockDifference,
                        input,
                        output);
            } else {
                event.addRequest(0, request, arrival, EventAssembly.UNKNOWN_NANOS, arrival, input, output);
            }
            events.added(() -> json.wrong("lasts longer than a day: " + ARRIVAL + "=" + InputException.shown(shown)));
        }

        private long tokens(String key) throws InputException {
            long tokens = json.whole(key);
            if (tokens < 0 || tokens > Integer.MAX_VALUE) {
                throw json.wrong("must be 0 to " + Integer.MAX_VALUE + ": " + key + "=" + tokens);
            }
            return tokens;
        }

        /** Null is what the engine writes for a request that never came so far. */
        private long time(String key) throws InputException {
            if (json.token() == JsonToken.VALUE_NULL) {
                return MISSING;
            }
            long nanos = json.scaled(key, NANOS_POWER);
            if (nanos < 0 || nanos > ChromeEvent.LATEST_NANOS) {
                throw json.wrong("must be a time from 1970 to 2096: " + key + "=" + InputException.shown(json.text()));
            }
            return nanos;
        }

        private void require(String key, long value) throws InputException {
            if (value == MISSING) {
                throw json.wrong("key is missing: " + key);
            }
        }
    }
}
