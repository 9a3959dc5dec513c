package io.supernode.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.DetectionScore;
import io.supernode.diagnosis.InjectedFault;
import io.supernode.schemas.Topic;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.ThroughputWindow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * {@code /api/v1/state}: one snapshot as JSON, with the field names of the report; times in seconds, sizes in bytes.
 * What does not apply is absent. Rows of cards are arrays in the order of {@code card_columns}, because 384 objects
 * would say the same names 384 times. Thread-safe.
 */
final class StateJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int DIGITS = 4;
    private static final MathContext FOUR_DIGITS = new MathContext(DIGITS);
    /** Powers of ten that a double holds exactly. */
    private static final int EXACT_POWERS = 22;

    private static final double[] POWERS = IntStream.rangeClosed(0, EXACT_POWERS)
            .mapToDouble(n -> Math.pow(10, n))
            .toArray();
    private static final List<String> CARD_COLUMNS = List.of(
            "card",
            "utilization",
            "bus_transit",
            "bus_wait",
            "tokens_per_second",
            "step_seconds",
            "sent_bytes_per_second",
            "power_watts",
            "temperature_celsius",
            "clock_hertz",
            "hbm_used_bytes");
    /** Latencies whose course is drawn. */
    private static final List<LatencyMetric> DRAWN = List.of(
            LatencyMetric.STEP,
            LatencyMetric.BUS,
            LatencyMetric.BUS_WAIT,
            LatencyMetric.TIME_TO_FIRST_TOKEN,
            LatencyMetric.TIME_PER_OUTPUT_TOKEN);

    /** The newest so many are told: a page is for people. */
    private static final int ANOMALIES = 200;

    private final WindowStore store;
    private final TrafficJson traffic;
    private final RunInfo info;
    private final DeadLetters deadLetters;
    private final ReaderState reader;
    private final ControlApi control;
    private final boolean needsToken;

    /** @param needsToken whether a request that changes something has to show one */
    StateJson(
            WindowStore store,
            RunInfo info,
            DeadLetters deadLetters,
            ReaderState reader,
            ControlApi control,
            boolean needsToken) {
        this.store = store;
        this.traffic = new TrafficJson(store, info);
        this.info = info;
        this.deadLetters = deadLetters;
        this.reader = reader;
        this.control = control;
        this.needsToken = needsToken;
    }

    byte[] write() throws IOException {
        Optional<LiveView> live = store.live();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeNumberField("schema", 1);
            out.writeStringField(
                    "status", live.map(view -> view.fresh() ? "live" : "silent").orElse("waiting"));
            out.writeBooleanField("ready", reader.whyNotReady().isEmpty());
            if (reader.whyNotReady().isPresent()) {
                out.writeStringField("not_ready", reader.whyNotReady().get());
            }
            writeInfo(out);
            DeadLetters.Count dead = deadLetters.total();
            out.writeObjectFieldStart("dead_letters");
            out.writeNumberField("frames", dead.frames());
            out.writeNumberField("events", dead.events());
            out.writeEndObject();
            writePipeline(out);
            if (control.controls().isPresent()) {
                writeControls(out, control.controls().get());
            }
            if (live.isPresent()) {
                writeRun(out, live.get());
            }
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** {@code /api/v1/card}: the course of one card, from its windows of 1 s. */
    byte[] card(int supernode, int card) throws IOException {
        List<ThroughputWindow> windows = store.seconds(supernode, card);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 14);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeNumberField("supernode", supernode);
            out.writeNumberField("card", card);
            out.writeObjectFieldStart("history");
            out.writeArrayFieldStart("event_time_seconds");
            for (ThroughputWindow window : windows) {
                out.writeNumber(seconds(window.endNanos()));
            }
            out.writeEndArray();
            writeColumn(out, "tokens_per_second", windows, w -> w.tokens() * 1e9 / w.lengthNanos());
            writeColumn(out, "utilization", windows, w -> WindowCollector.share(w.computeNanos(), w, 1));
            writeColumn(out, "bus_transit", windows, w -> WindowCollector.share(w.transitNanos(), w, 1));
            writeColumn(out, "bus_wait", windows, w -> WindowCollector.share(w.waitNanos(), w, 1));
            writeColumn(out, "sent_bytes_per_second", windows, w -> w.sentBytes() * 1e9 / w.lengthNanos());
            out.writeEndObject();
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** {@code /api/v1/traffic}: see {@link TrafficJson#asked}. */
    byte[] traffic(String query) throws IOException {
        return traffic.asked(query);
    }

    /** Where supernodes are not alike: the machine of one, as the state has that of the first. */
    private void writeMachine(JsonGenerator out, RunInfo info) throws IOException {
        if (this.info.beside().isEmpty()) {
            return;
        }
        out.writeObjectFieldStart("machine");
        out.writeStringField("name", info.machine());
        out.writeNumberField("cards", info.cards());
        out.writeNumberField("cards_per_node", info.cardsPerNode());
        out.writeNumberField("nodes_per_rack", info.nodesPerRack());
        out.writeNumberField("switch_racks", info.switchRacks());
        out.writeNumberField("planes", info.planes());
        out.writeEndObject();
    }

    private void writeInfo(JsonGenerator out) throws IOException {
        for (Map.Entry<String, String> name : Map.of(
                        "scenario", info.scenario(), "machine", info.machine(), "workload", info.workload())
                .entrySet()) {
            if (!name.getValue().isEmpty()) {
                out.writeStringField(name.getKey(), name.getValue());
            }
        }
        if (info.cards() > 0) {
            out.writeNumberField("cards", info.cards());
        }
        out.writeNumberField("cards_per_node", info.cardsPerNode());
        out.writeNumberField("nodes_per_rack", info.nodesPerRack());
        out.writeNumberField("switch_racks", info.switchRacks());
        out.writeNumberField("planes", info.planes());
    }

    private void writePipeline(JsonGenerator out) throws IOException {
        out.writeObjectFieldStart("pipeline");
        out.writeNumberField("records_behind", reader.behind());
        out.writeNumberField("read_errors", reader.errors());
        out.writeNumberField("expired_windows", store.expiredWindows());
        out.writeObjectFieldStart("records");
        for (Topic topic : TopicReader.TOPICS) {
            out.writeNumberField(topic.topicName(), reader.records(topic));
        }
        out.writeEndObject();
        out.writeObjectFieldStart("unreadable");
        for (Topic topic : TopicReader.TOPICS) {
            out.writeNumberField(topic.topicName(), reader.unreadable(topic));
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private void writeControls(JsonGenerator out, Controls controls) throws IOException {
        out.writeObjectFieldStart("replay");
        ControlApi.write(out, controls.replay());
        out.writeBooleanField("needs_token", needsToken);
        out.writeEndObject();
        if (!controls.injectable().isEmpty()) {
            ControlApi.write(out, controls.disturbed());
        }
        writeLog(out);
    }

    private void writeLog(JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("log");
        for (ControlLog.Entry entry : control.log().entries()) {
            out.writeStartObject();
            out.writeNumberField("number", entry.number());
            out.writeNumberField("epoch_seconds", entry.epochMillis() / 1e3);
            out.writeNumberField("position_seconds", entry.recordingNanos() / 1e9);
            out.writeStringField("what", entry.what());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void writeRun(JsonGenerator out, LiveView live) throws IOException {
        // as text: a number of 64 bits does not survive JavaScript
        out.writeStringField("run", Long.toString(live.run()));
        out.writeNumberField("origin_epoch_seconds", live.originEpochNanos() / 1e9);
        if (!live.supernodes().isEmpty()) {
            out.writeNumberField("event_time_seconds", seconds(live.newestEndNanos()));
        }
        out.writeNumberField("silent_seconds", live.silentSeconds());
        Optional<RunFigures> figures = store.figures(live.run());
        if (figures.isPresent()) {
            out.writeObjectFieldStart("figures");
            writeFigures(out, figures.get());
            out.writeEndObject();
        }
        writeAnomalies(out, live);
        out.writeArrayFieldStart("supernodes");
        for (SupernodeView supernode : live.supernodes()) {
            writeSupernode(out, live.run(), supernode);
        }
        out.writeEndArray();
    }

    private void writeAnomalies(JsonGenerator out, LiveView live) throws IOException {
        out.writeArrayFieldStart("anomalies");
        List<Anomaly> anomalies = store.anomalies().anomalies(live.run());
        for (Anomaly a : anomalies.subList(Math.max(0, anomalies.size() - ANOMALIES), anomalies.size())) {
            write(out, a);
        }
        out.writeEndArray();
        List<InjectedFault> faults = store.anomalies().faults(live.run());
        out.writeArrayFieldStart("faults");
        for (InjectedFault fault : faults.subList(Math.max(0, faults.size() - ANOMALIES), faults.size())) {
            write(out, fault);
        }
        out.writeEndArray();
        if (!faults.isEmpty()) {
            DetectionScore score = store.anomalies().score(live.run(), live.newestEndNanos());
            out.writeObjectFieldStart("detection");
            write(out, "precision", score.precision());
            write(out, "recall", score.recall());
            write(out, "seconds_to_detect", score.detectSeconds());
            out.writeEndObject();
        }
    }

    private static void write(JsonGenerator out, Anomaly a) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", a.supernode() + "/" + a.anomaly());
        out.writeNumberField("supernode", a.supernode());
        out.writeNumberField("revision", a.revision());
        out.writeStringField("kind", WindowCollector.word(a.kind()));
        out.writeStringField("cause", WindowCollector.word(a.cause()));
        out.writeStringField("text", a.inWords());
        out.writeNumberField("card", a.card());
        out.writeNumberField("cards", a.cards());
        out.writeNumberField("peer", a.peer());
        out.writeNumberField("plane", a.plane());
        out.writeNumberField("stage", a.stage());
        out.writeNumberField("severity", a.severityPpm() / 1e6);
        out.writeNumberField("start_seconds", seconds(a.startNanos()));
        if (!a.lasts()) {
            out.writeNumberField("end_seconds", seconds(a.endNanos()));
        }
        out.writeNumberField("detected_seconds", seconds(a.detectedNanos()));
        out.writeObjectFieldStart("evidence");
        out.writeNumberField("events", a.events());
        out.writeNumberField("observed_seconds", seconds(a.observedNanos()));
        out.writeNumberField("expected_seconds", seconds(a.expectedNanos()));
        out.writeNumberField("peers_wait_seconds", seconds(a.peersWaitNanos()));
        out.writeNumberField("link_errors", a.linkErrors());
        if (a.clockMegahertz() > 0) {
            out.writeNumberField("clock_megahertz", a.clockMegahertz());
            out.writeNumberField("temperature_celsius", a.temperatureMillicelsius() / 1e3);
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, InjectedFault f) throws IOException {
        out.writeStartObject();
        out.writeNumberField("supernode", f.supernode());
        out.writeNumberField("fault", f.fault());
        out.writeStringField("kind", WindowCollector.word(f.kind()));
        out.writeNumberField("card", f.card());
        out.writeNumberField("cards", f.cards());
        out.writeNumberField("plane", f.plane());
        out.writeNumberField("stage", f.stage());
        out.writeNumberField("magnitude", f.magnitudePpm() / 1e6);
        out.writeNumberField("start_seconds", seconds(f.startNanos()));
        if (!f.lasts()) {
            out.writeNumberField("end_seconds", seconds(f.endNanos()));
        }
        out.writeEndObject();
    }

    private void writeFigures(JsonGenerator out, RunFigures figures) throws IOException {
        Totals t = figures.totals();
        out.writeObjectFieldStart("events");
        out.writeNumberField("compute", t.computeEvents());
        out.writeNumberField("bus", t.busEvents());
        out.writeNumberField("step", t.stepEvents());
        out.writeNumberField("request", t.requestEvents());
        out.writeNumberField("sample", t.sampleEvents());
        out.writeNumberField("fault", t.faultEvents());
        out.writeNumberField("windowed", figures.windowedEvents());
        out.writeNumberField("late", figures.lateEvents());
        out.writeEndObject();
        out.writeObjectFieldStart("throughput");
        write(out, "tokens_per_second_per_card", figures.tokensPerSecondPerCard());
        write(out, "tokens_per_second", figures.tokensPerSecond());
        write(
                out,
                "model_flops_utilization",
                figures.modelFlopsUtilization(info.beside().isEmpty() ? info.peakFlopsPerCard() : 0));
        write(out, "bus_bytes_per_second", figures.busBytesPerSecond());
        out.writeEndObject();
        out.writeObjectFieldStart("latency");
        for (Map.Entry<LatencyMetric, LatencySketch> each : figures.latency().entrySet()) {
            if (!each.getValue().isEmpty()) {
                writeLatency(out, WindowCollector.word(each.getKey()), each.getValue());
            }
        }
        out.writeEndObject();
        if (t.requestEvents() > 0) {
            out.writeObjectFieldStart("serving");
            out.writeNumberField("requests", t.requestEvents());
            out.writeNumberField("input_tokens", t.inputTokens());
            out.writeNumberField("output_tokens", t.outputTokens());
            out.writeEndObject();
        }
        out.writeObjectFieldStart("coverage");
        out.writeNumberField("cards", figures.cards());
        out.writeNumberField("cards_with_compute", figures.cardsWithCompute());
        out.writeNumberField("cards_with_bus", figures.cardsWithBus());
        out.writeNumberField("cards_with_steps", figures.cardsWithSteps());
        out.writeEndObject();
        out.writeObjectFieldStart("digest");
        out.writeStringField("windows", figures.digestWindows());
        out.writeEndObject();
    }

    private static void writeLatency(JsonGenerator out, String name, LatencySketch sketch) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("p50", sketch.quantile(0.5) / 1e9);
        out.writeNumberField("p90", sketch.quantile(0.9) / 1e9);
        out.writeNumberField("p99", sketch.quantile(0.99) / 1e9);
        out.writeNumberField("max", sketch.max() / 1e9);
        out.writeNumberField("count", sketch.count());
        out.writeEndObject();
    }

    private void writeSupernode(JsonGenerator out, long run, SupernodeView supernode) throws IOException {
        out.writeStartObject();
        out.writeNumberField("supernode", supernode.supernode());
        out.writeNumberField("event_time_seconds", seconds(supernode.newestEndNanos()));
        out.writeNumberField("window_seconds", seconds(WindowStore.TEN_SECONDS));
        RunInfo info = this.info.of(supernode.supernode());
        writeMachine(out, info);
        Completeness completeness = Completeness.of(supernode, info);
        write(out, "completeness", completeness.newest());
        out.writeArrayFieldStart("card_columns");
        for (String column : CARD_COLUMNS) {
            out.writeString(column);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("cards");
        Map<Integer, CardGauges> gauges = store.gauges(run, supernode);
        for (EntityView card : supernode.cards()) {
            writeCard(out, card, gauges.get(card.entity()));
        }
        out.writeEndArray();
        int cards = Math.max(1, supernode.cards().size());
        List<ThroughputWindow> history = supernode.history();
        out.writeObjectFieldStart("history");
        out.writeArrayFieldStart("event_time_seconds");
        for (ThroughputWindow window : history) {
            out.writeNumber(seconds(window.endNanos()));
        }
        out.writeEndArray();
        writeColumn(out, "tokens_per_second", history, w -> w.tokens() * 1e9 / w.lengthNanos());
        writeColumn(out, "utilization", history, w -> WindowCollector.share(w.computeNanos(), w, cards));
        writeColumn(out, "bus_transit", history, w -> WindowCollector.share(w.transitNanos(), w, cards));
        writeColumn(out, "bus_wait", history, w -> WindowCollector.share(w.waitNanos(), w, cards));
        writeColumn(out, "bus_bytes_per_second", history, w -> w.sentBytes() * 1e9 / w.lengthNanos());
        if (completeness.samplesPerSecond() > 0) {
            writeColumn(out, "completeness", history, completeness::of);
        }
        out.writeObjectFieldStart("latency");
        for (LatencyMetric metric : DRAWN) {
            writeLatencies(out, metric, supernode.latencyHistory().getOrDefault(metric, List.of()));
        }
        out.writeEndObject();
        out.writeEndObject();
        traffic.writeRacks(out, run, supernode.supernode());
        writeBooks(out, supernode, info);
        out.writeEndObject();
    }

    /** A metric that never occurred is absent. */
    private static void writeLatencies(JsonGenerator out, LatencyMetric metric, List<LatencyPoint> points)
            throws IOException {
        if (points.isEmpty()) {
            return;
        }
        out.writeObjectFieldStart(WindowCollector.word(metric));
        out.writeArrayFieldStart("event_time_seconds");
        for (LatencyPoint point : points) {
            out.writeNumber(seconds(point.endNanos()));
        }
        out.writeEndArray();
        out.writeArrayFieldStart("p50");
        for (LatencyPoint point : points) {
            number(out, point.p50Seconds());
        }
        out.writeEndArray();
        out.writeArrayFieldStart("p99");
        for (LatencyPoint point : points) {
            number(out, point.p99Seconds());
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /** The figures of one supernode, so that two can be held beside each other. */
    private void writeBooks(JsonGenerator out, SupernodeView supernode, RunInfo info) throws IOException {
        Totals t = supernode.whole().totals();
        if (t.stepNanos() > 0 && t.stepTokens() > 0) {
            out.writeNumberField("tokens_per_second_per_card", t.stepTokens() * 1e9 / t.stepNanos());
            if (info.peakFlopsPerCard() > 0) {
                double possible = t.stepNanos() / 1e9 * info.peakFlopsPerCard();
                out.writeNumberField("model_flops_utilization", t.stepMegaflops() * 1e6 / possible);
            }
        }
        LatencySketch step = supernode.latency().get(LatencyMetric.STEP);
        if (step != null && !step.isEmpty()) {
            out.writeNumberField("step_seconds_p50", step.quantile(0.5) / 1e9);
            out.writeNumberField("step_seconds_p99", step.quantile(0.99) / 1e9);
        }
        out.writeNumberField("events", t.events());
    }

    /** @param gauges null where the card tells none */
    private static void writeCard(JsonGenerator out, EntityView card, CardGauges gauges) throws IOException {
        // until the first window of 10 s is there, the newest of 1 s says as much as is known
        ThroughputWindow w = card.tenSeconds().orElse(card.second());
        out.writeStartArray();
        out.writeNumber(card.entity());
        number(out, WindowCollector.share(w.computeNanos(), w, 1));
        number(out, WindowCollector.share(w.transitNanos(), w, 1));
        number(out, WindowCollector.share(w.waitNanos(), w, 1));
        number(out, w.tokens() * 1e9 / w.lengthNanos());
        if (card.stepSeconds() > 0) {
            number(out, card.stepSeconds());
        } else {
            out.writeNull();
        }
        number(out, w.sentBytes() * 1e9 / w.lengthNanos());
        if (w.sampleEvents() > 0) {
            number(out, w.energyMillijoules() * 1e6 / w.lengthNanos());
        } else {
            out.writeNull();
        }
        if (gauges != null) {
            number(out, gauges.temperatureCelsius());
            number(out, gauges.clockHertz());
            number(out, gauges.hbmUsedBytes());
        } else {
            out.writeNull();
            out.writeNull();
            out.writeNull();
        }
        out.writeEndArray();
    }

    private static void writeColumn(
            JsonGenerator out, String name, List<ThroughputWindow> windows, ToDoubleFunction<ThroughputWindow> value)
            throws IOException {
        out.writeArrayFieldStart(name);
        for (ThroughputWindow window : windows) {
            number(out, value.applyAsDouble(window));
        }
        out.writeEndArray();
    }

    private static void write(JsonGenerator out, String name, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(name, value.getAsDouble());
        }
    }

    /**
     * Four digits are more than a picture shows. By one multiplication and not by the exact decimal of the double, which has
     * fifty: there are thousands of numbers in a state, and two states a second.
     */
    static void number(JsonGenerator out, double value) throws IOException {
        int scale = value == 0 ? 0 : DIGITS - 1 - (int) Math.floor(Math.log10(Math.abs(value)));
        if (Math.abs(scale) > EXACT_POWERS) {
            out.writeNumber(new BigDecimal(value).round(FOUR_DIGITS).toString());
            return;
        }
        double scaled = scale < 0 ? value / POWERS[-scale] : value * POWERS[scale];
        out.writeNumber(BigDecimal.valueOf(Math.round(scaled), scale)
                .stripTrailingZeros()
                .toPlainString());
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
