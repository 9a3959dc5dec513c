package io.supernode.app.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.supernode.scenario.Answer;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;

/** The model's answer as JSON, in the fields and the order of the contract. */
public final class AnswerJson {
    private AnswerJson() {}

    public static void write(JsonGenerator json, Answer a) throws IOException {
        json.writeStartObject();
        json.writeStringField("scenario", a.scenario());
        json.writeStringField("machine", a.machine());
        json.writeStringField("workload", a.workload());
        json.writeNumberField("cards", a.cards());
        json.writeNumberField("peak_flops", a.peakFlops());
        json.writeNumberField("memory_bytes", a.memoryBytes());
        json.writeNumberField("power_watts", a.powerWatts());
        number(json, "step_seconds", a.stepSeconds());
        numbers(json, "parts_seconds", a.partsSeconds());
        number(json, "tokens_per_second", a.tokensPerSecond());
        number(json, "tokens_per_second_per_card", a.tokensPerSecondPerCard());
        number(json, "model_flops_utilization", a.modelFlopsUtilization());
        number(json, "model_flops_utilization_with_attention", a.modelFlopsUtilizationWithAttention());
        number(json, "time_per_output_token_seconds", a.timePerOutputTokenSeconds());
        number(json, "bus_bytes_per_second", a.busBytesPerSecond());
        numbers(json, "link_latency_seconds", a.linkLatencySeconds());
        json.writeEndObject();
    }

    private static void number(JsonGenerator json, String name, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.getAsDouble());
        }
    }

    public static void numbers(JsonGenerator json, String name, Map<String, Double> values) throws IOException {
        if (!values.isEmpty()) {
            json.writeObjectFieldStart(name);
            for (Map.Entry<String, Double> each : values.entrySet()) {
                json.writeNumberField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
        }
    }
}
