package io.supernode.app.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.DetectionScore;
import io.supernode.exporter.AnomalyBook;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the job found to be wrong in a run.
 *
 * @param score against what was injected; empty where nothing was
 */
public record Findings(List<Anomaly> anomalies, Optional<DetectionScore> score) {
    public static final Findings NONE = new Findings(List.of(), Optional.empty());

    /** @param nowNanos how far the run's event time has come */
    public static Findings of(AnomalyBook book, long run, long nowNanos) {
        return new Findings(
                book.anomalies(run),
                book.faults(run).isEmpty() ? Optional.empty() : Optional.of(book.score(run, nowNanos)));
    }

    void write(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("anomalies");
        for (Anomaly a : anomalies) {
            json.writeStartObject();
            json.writeStringField("kind", a.kind().name().toLowerCase(Locale.ROOT));
            json.writeStringField("cause", a.cause().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("supernode", a.supernode());
            place(json, "card", a.card());
            place(json, "peer", a.peer());
            place(json, "plane", a.plane());
            place(json, "stage", a.stage());
            json.writeNumberField("cards", a.cards());
            json.writeNumberField("start", a.startNanos() / 1e9);
            if (!a.lasts()) {
                json.writeNumberField("end", a.endNanos() / 1e9);
            }
            json.writeNumberField("detected", a.detectedNanos() / 1e9);
            json.writeNumberField("severity", a.severityPpm() / 1e6);
            json.writeNumberField("observed", a.observedNanos() / 1e9);
            json.writeNumberField("expected", a.expectedNanos() / 1e9);
            json.writeNumberField("events", a.events());
            json.writeNumberField("peers_wait", a.peersWaitNanos() / 1e9);
            json.writeEndObject();
        }
        json.writeEndArray();
        if (score.isPresent()) {
            DetectionScore s = score.get();
            json.writeObjectFieldStart("detection");
            json.writeNumberField("faults", s.due());
            json.writeNumberField("found", s.found());
            if (s.precision().isPresent()) {
                json.writeNumberField("precision", s.precision().getAsDouble());
            }
            if (s.recall().isPresent()) {
                json.writeNumberField("recall", s.recall().getAsDouble());
            }
            if (s.detectSeconds().isPresent()) {
                json.writeNumberField("time_to_detect", s.detectSeconds().getAsDouble());
            }
            json.writeEndObject();
        }
    }

    /** What has no place there is absent. */
    private static void place(JsonGenerator json, String name, int index) throws IOException {
        if (index >= 0) {
            json.writeNumberField(name, index);
        }
    }
}
