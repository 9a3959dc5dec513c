package io.supernode.app.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.supernode.event.EventKind;
import io.supernode.exporter.RunFigures;
import io.supernode.replay.ReplayReport;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a run did: the schedule's side from the replay, the results from the windows that left the job. What does not
 * apply is absent. All times in seconds, sizes in bytes.
 *
 * @param subject scenario, machine and workload, as reports name them
 * @param figures what the windows add up to; empty for a replay into a broker, whose windows are somebody else's
 * @param deadLettered events in frames that were put aside
 * @param findings what the job found to be wrong
 * @param peakFlopsPerCard operations per second; 0 unknown
 */
public record RunReport(
        Subject subject,
        ReplayReport replay,
        Optional<RunFigures> figures,
        long deadLettered,
        Findings findings,
        double peakFlopsPerCard) {
    /** Version of the report's form; it may grow without a new one. */
    private static final int SCHEMA = 1;

    /** What was run. */
    public record Subject(String scenario, String machine, String workload, long seed, int cards) {}

    /** True when every event sent is in a window or was put aside; always true without windows. */
    public boolean balanced() {
        return figures.map(f -> f.windowedEvents() + deadLettered == replay.sentEvents())
                .orElse(true);
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("schema", SCHEMA);
        json.writeStringField("scenario", subject.scenario());
        json.writeStringField("machine", subject.machine());
        json.writeStringField("workload", subject.workload());
        json.writeNumberField("seed", subject.seed());
        json.writeNumberField("cards", subject.cards());
        json.writeNumberField("model_seconds", replay.eventNanos() / 1e9);
        json.writeNumberField("wall_seconds", replay.wallNanos() / 1e9);
        json.writeNumberField("speed", (double) replay.eventNanos() / Math.max(1, replay.wallNanos()));
        writeEvents(json);
        if (figures.isPresent()) {
            writeThroughput(json, figures.get());
            writeLatency(json, figures.get().latency());
            writeServing(json, figures.get());
            findings.write(json);
        }
        writePipeline(json);
        json.writeObjectFieldStart("digest");
        json.writeStringField("events", replay.digest());
        if (figures.isPresent()) {
            json.writeStringField("windows", figures.get().digestWindows());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeEvents(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("events");
        for (EventKind kind : EventKind.values()) {
            json.writeNumberField(
                    kind.name().toLowerCase(Locale.ROOT), replay.sent().get(kind));
        }
        json.writeNumberField("sent", replay.sentEvents());
        if (figures.isPresent()) {
            json.writeNumberField("windowed", figures.get().windowedEvents());
            json.writeNumberField("late", figures.get().totals().lateEvents());
            json.writeNumberField("dead_lettered", deadLettered);
        }
        json.writeNumberField("filtered", replay.filtered());
        json.writeEndObject();
        if (figures.isPresent()) {
            json.writeObjectFieldStart("cards_with");
            json.writeNumberField("compute", figures.get().cardsWithCompute());
            json.writeNumberField("bus", figures.get().cardsWithBus());
            json.writeNumberField("step", figures.get().cardsWithSteps());
            json.writeEndObject();
        }
    }

    private void writeThroughput(JsonGenerator json, RunFigures f) throws IOException {
        json.writeObjectFieldStart("throughput");
        number(json, "tokens_per_second_per_card", tokensPerSecondPerCard(f));
        number(json, "tokens_per_second", tokensPerSecond(f));
        number(json, "model_flops_utilization", f.modelFlopsUtilization(peakFlopsPerCard));
        number(json, "bus_bytes_per_second", f.busBytesPerSecond());
        json.writeEndObject();
    }

    /** Of whole steps; of a workload without steps, over all cards of the machine. */
    OptionalDouble tokensPerSecondPerCard(RunFigures f) {
        OptionalDouble ofSteps = known(f.tokensPerSecondPerCard());
        OptionalDouble ofAll = tokensPerSecond(f);
        if (ofSteps.isPresent() || ofAll.isEmpty() || subject.cards() == 0) {
            return ofSteps;
        }
        return OptionalDouble.of(ofAll.getAsDouble() / subject.cards());
    }

    OptionalDouble tokensPerSecond(RunFigures f) {
        return known(f.tokensPerSecond());
    }

    /** A profile has steps and tells no tokens: what is not known is left out, not 0. */
    private static OptionalDouble known(OptionalDouble tokens) {
        return tokens.isPresent() && tokens.getAsDouble() > 0 ? tokens : OptionalDouble.empty();
    }

    private static void writeLatency(JsonGenerator json, Map<LatencyMetric, LatencySketch> latency) throws IOException {
        json.writeObjectFieldStart("latency");
        distribution(json, "step", latency.get(LatencyMetric.STEP));
        distribution(json, "compute", latency.get(LatencyMetric.COMPUTE));
        if (latency.containsKey(LatencyMetric.BUS)) {
            json.writeObjectFieldStart("bus");
            for (LatencyMetric metric : LatencyMetric.values()) {
                if (metric.isBusOperation()) {
                    distribution(json, operation(metric), latency.get(metric));
                }
            }
            json.writeEndObject();
        }
        distribution(json, "bus_wait", latency.get(LatencyMetric.BUS_WAIT));
        json.writeEndObject();
    }

    private static void writeServing(JsonGenerator json, RunFigures f) throws IOException {
        if (f.totals().requestEvents() == 0) {
            return;
        }
        json.writeObjectFieldStart("serving");
        json.writeNumberField("requests", f.totals().requestEvents());
        json.writeNumberField("input_tokens", f.totals().inputTokens());
        json.writeNumberField("output_tokens", f.totals().outputTokens());
        distribution(json, "time_to_first_token", f.latency().get(LatencyMetric.TIME_TO_FIRST_TOKEN));
        distribution(json, "time_per_output_token", f.latency().get(LatencyMetric.TIME_PER_OUTPUT_TOKEN));
        json.writeEndObject();
    }

    private void writePipeline(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("pipeline");
        json.writeNumberField("events_per_second", replay.sentEvents() * 1e9 / Math.max(1, replay.wallNanos()));
        json.writeNumberField("frames", replay.frames());
        json.writeNumberField("bytes", replay.bytes());
        json.writeNumberField("blocked_seconds", replay.blockedNanos() / 1e9);
        json.writeNumberField("kafka_wait_seconds", replay.waitedNanos() / 1e9);
        json.writeNumberField("paused_seconds", replay.pausedNanos() / 1e9);
        json.writeNumberField("held_seconds", replay.heldNanos() / 1e9);
        json.writeNumberField("loops", replay.loops());
        json.writeNumberField("out_of_order_events", replay.lateEvents());
        json.writeNumberField("lost_events", replay.lostEvents());
        json.writeNumberField("repeated_events", replay.repeatedEvents());
        json.writeNumberField("delayed_events", replay.delayedEvents());
        distribution(json, "lateness", replay.lateness().orElse(null));
        distribution(json, "gap_error", replay.gapError().orElse(null));
        number(json, "rate_error_ppm", replay.rateErrorPpm());
        json.writeEndObject();
    }

    /** The metric as JSON and labels write a bus operation: {@code all_reduce}. */
    static String operation(LatencyMetric metric) {
        return metric == LatencyMetric.BUS_OTHER ? "other" : metric.name().toLowerCase(Locale.ROOT);
    }

    private static void number(JsonGenerator json, String name, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.getAsDouble());
        }
    }

    private static void distribution(JsonGenerator json, String name, LatencySketch sketch) throws IOException {
        if (sketch == null || sketch.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeNumberField("p50", sketch.quantile(0.5) / 1e9);
        json.writeNumberField("p90", sketch.quantile(0.9) / 1e9);
        json.writeNumberField("p99", sketch.quantile(0.99) / 1e9);
        json.writeNumberField("p999", sketch.quantile(0.999) / 1e9);
        json.writeNumberField("max", sketch.max() / 1e9);
        json.writeNumberField("mean", sketch.mean() / 1e9);
        json.writeNumberField("count", sketch.count());
        json.writeEndObject();
    }
}
