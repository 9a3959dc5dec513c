package io.supernode.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** {@code POST /api/v1/replay} and {@code POST /api/v1/disturbances}: what their bodies mean. Thread-safe. */
final class ControlApi {
    private static final JsonFactory JSON = new JsonFactory();
    /** Longer than any recording, and still a number of nanoseconds. */
    private static final double SECONDS_MAX = 9e9;

    private final ControlLog log;
    private final AtomicLong seeks = new AtomicLong();
    private volatile Controls controls;

    ControlApi(ControlLog log) {
        this.log = log;
    }

    /** @param controls null while there is nothing to control */
    void take(Controls controls) {
        this.controls = controls;
    }

    Optional<Controls> controls() {
        return Optional.ofNullable(controls);
    }

    /** How often the replay was sent to another place. */
    long seeks() {
        return seeks.get();
    }

    ControlLog log() {
        return log;
    }

    /** @return where the replay is now, as JSON */
    byte[] replay(ControlBody body) throws IOException {
        Controls controls = required();
        String action = body.text("action");
        switch (action) {
            case "pause" -> {
                body.requireNothingElse();
                controls.pause();
                note("paused");
            }
            case "resume" -> {
                body.requireNothingElse();
                controls.resume();
                note("resumed");
            }
            case "step" -> {
                body.requireNothingElse();
                controls.step();
                note("one tick");
            }
            case "speed" -> {
                String speed = body.text("speed");
                body.requireNothingElse();
                controls.speed(speed);
                note("speed " + speed);
            }
            case "seek" -> {
                double seconds = seconds(body);
                body.requireNothingElse();
                controls.seek((long) (seconds * 1e9));
                seeks.incrementAndGet();
                note(String.format(Locale.ROOT, "went to %.1f s", seconds));
            }
            case "loop" -> {
                boolean on = body.flag("on", true);
                body.requireNothingElse();
                controls.loop(on);
                note(on ? "starts again at the end" : "ends at the end");
            }
            default ->
                throw new IllegalArgumentException(
                        "unknown action: " + action + ", known: pause, resume, step, speed, seek, loop");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            write(out, controls.replay());
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** @return the number of the disturbance, as JSON */
    byte[] disturbances(ControlBody body) throws IOException {
        String action = body.text("action");
        OptionalLong fault =
                switch (action) {
                    case "inject" -> OptionalLong.of(inject(body));
                    case "clear" -> clear(body);
                    default ->
                        throw new IllegalArgumentException("unknown action: " + action + ", known: inject, clear");
                };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            if (fault.isPresent()) {
                out.writeNumberField("fault", fault.getAsLong());
            }
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** @return what can be injected and what has been, as JSON; no kinds where nothing can */
    byte[] disturbances() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeArrayFieldStart("kinds");
            for (InjectableKind kind : controls().map(Controls::injectable).orElse(List.of())) {
                write(out, kind);
            }
            out.writeEndArray();
            write(out, controls().map(Controls::disturbed).orElse(List.of()));
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator out, InjectableKind kind) throws IOException {
        out.writeStartObject();
        out.writeStringField("kind", kind.kind());
        out.writeBooleanField("has_card", kind.hasCard());
        out.writeBooleanField("has_plane", kind.hasPlane());
        out.writeBooleanField("has_stage", kind.hasStage());
        if (!kind.magnitude().isEmpty()) {
            out.writeStringField("magnitude", kind.magnitude());
            out.writeNumberField("usual", kind.usual());
            out.writeNumberField("least", kind.least());
            out.writeNumberField("most", kind.most());
        }
        out.writeEndObject();
    }

    /** The fields of a replay, into an object that has been begun. */
    static void write(JsonGenerator out, ReplayView replay) throws IOException {
        out.writeStringField("state", replay.ended() ? "ended" : replay.paused() ? "paused" : "running");
        out.writeStringField("speed", replay.speed());
        out.writeNumberField("position_seconds", replay.recordingNanos() / 1e9);
        if (replay.spanNanos() > 0) {
            out.writeNumberField("span_seconds", replay.spanNanos() / 1e9);
        }
        out.writeNumberField("lag_seconds", replay.lagNanos() / 1e9);
        out.writeNumberField("pass", replay.loop() + 1);
        out.writeBooleanField("loops", replay.loops());
        out.writeBooleanField("seeks_back", replay.seeksBack());
        out.writeNumberField("sent_events", replay.sentEvents());
    }

    /** What disturbs, into an object that has been begun. */
    static void write(JsonGenerator out, List<Disturbed> disturbed) throws IOException {
        out.writeArrayFieldStart("disturbances");
        for (Disturbed each : disturbed) {
            out.writeStartObject();
            out.writeNumberField("fault", each.fault());
            out.writeStringField("kind", each.kind());
            out.writeNumberField("card", each.card());
            out.writeNumberField("cards", each.cards());
            out.writeStringField("what", each.what());
            out.writeNumberField("from_seconds", each.fromSeconds());
            if (Double.isFinite(each.untilSeconds())) {
                out.writeNumberField("until_seconds", each.untilSeconds());
            }
            out.writeBooleanField("active", each.active());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private Controls required() {
        return controls()
                .orElseThrow(() -> new IllegalStateException("nothing is replayed from here: what is shown comes"
                        + " from topics that others write; up, run and replay can be controlled"));
    }

    private long inject(ControlBody body) {
        Injection asked = new Injection(
                body.text("kind"),
                body.whole("card", -1),
                body.whole("cards", -1),
                body.whole("plane", -1),
                body.whole("stage", -1),
                body.number("magnitude", Double.NaN),
                body.number("seconds", Double.POSITIVE_INFINITY));
        body.requireNothingElse();
        long fault = required().inject(asked);
        note("disturbance " + fault + ": " + asked.kind().replace('_', ' ')
                + (asked.card() < 0 ? "" : ", card " + asked.card())
                + (asked.plane() < 0 ? "" : ", plane " + asked.plane())
                + (asked.stage() < 0 ? "" : ", stage " + asked.stage()));
        return fault;
    }

    private OptionalLong clear(ControlBody body) {
        Controls controls = required();
        if (!body.has("fault")) {
            body.requireNothingElse();
            controls.clearAll();
            note("all disturbances undone");
            return OptionalLong.empty();
        }
        int fault = body.whole("fault", -1);
        body.requireNothingElse();
        controls.clear(fault);
        note("disturbance " + fault + " undone");
        return OptionalLong.of(fault);
    }

    private static double seconds(ControlBody body) {
        double seconds = body.number("seconds", Double.NaN);
        if (!(seconds >= 0 && seconds <= SECONDS_MAX)) {
            throw new IllegalArgumentException("must be 0 or more seconds of the recording: seconds="
                    + (Double.isNaN(seconds) ? "not given" : seconds));
        }
        return seconds;
    }

    private void note(String what) {
        long place = controls().map(c -> c.replay().recordingNanos()).orElse(0L);
        log.add(System.currentTimeMillis(), place, what);
    }
}
