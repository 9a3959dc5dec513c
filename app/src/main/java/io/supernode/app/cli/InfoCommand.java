package io.supernode.app.cli;

import static io.supernode.app.report.Readable.count;

import com.fasterxml.jackson.core.JsonGenerator;
import io.supernode.app.ExitCode;
import io.supernode.app.report.JsonText;
import io.supernode.app.report.Readable;
import io.supernode.replay.TraceSummary;
import io.supernode.replay.TraceSummary.Load;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code info} */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "What a trace file holds: all of it is read, so a file that is cut off is found out.")
final class InfoCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "TRACE", description = "the trace: a file, or a folder of parts")
    private Path file;

    @Option(names = "--per-card", description = "also card by card")
    private boolean perCard;

    @Mixin
    private OutputOptions output;

    InfoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        TraceSummary summary = TraceSummary.of(file, perCard);
        session.console()
                .data(
                        switch (output.format) {
                            case JSON -> JsonText.of(json -> write(json, summary));
                            case TEXT -> text(summary);
                        });
        return ExitCode.OK;
    }

    private static void write(JsonGenerator json, TraceSummary s) throws IOException {
        json.writeStartObject();
        json.writeStringField("format", s.metadata().sourceFormat());
        json.writeNumberField("records", s.records());
        json.writeNumberField("span_seconds", seconds(s.spanNanos()));
        if (s.metadata().originEpochNanos() != 0) {
            json.writeNumberField("origin_epoch_seconds", seconds(s.metadata().originEpochNanos()));
        }
        writeEvents(json, s.total(), s.requests());
        json.writeNumberField("cards", s.cardCount());
        json.writeObjectFieldStart("tokens");
        json.writeNumberField("input", s.inputTokens());
        json.writeNumberField("output", s.outputTokens());
        json.writeEndObject();
        writeTimes(json, s.total());
        writeOps(json, "compute_by_op", s.computeByOp(), false);
        writeOps(json, "bus_by_op", s.busByOp(), true);
        if (s.cards().isPresent()) {
            json.writeObjectFieldStart("per_card");
            for (Map.Entry<Integer, Load> each : s.cards().get().entrySet()) {
                json.writeObjectFieldStart(each.getKey().toString());
                writeEvents(json, each.getValue(), 0);
                writeTimes(json, each.getValue());
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        json.writeObjectFieldStart("notes");
        for (Map.Entry<String, String> each : s.metadata().notes().entrySet()) {
            json.writeStringField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
        json.writeStringField("digest", s.digest());
        json.writeEndObject();
    }

    /** Requests are those to be served and those that were. */
    private static void writeEvents(JsonGenerator json, Load load, long requests) throws IOException {
        json.writeObjectFieldStart("events");
        json.writeNumberField("compute", load.computeEvents());
        json.writeNumberField("bus", load.busEvents());
        json.writeNumberField("step", load.stepEvents());
        json.writeNumberField("request", load.requestEvents() + requests);
        json.writeNumberField("sample", load.sampleEvents());
        json.writeNumberField("fault", load.faultEvents());
        json.writeEndObject();
    }

    private static void writeTimes(JsonGenerator json, Load load) throws IOException {
        json.writeNumberField("compute_seconds", seconds(load.computeNanos()));
        json.writeNumberField("compute_busy_seconds", seconds(load.computeBusyNanos()));
        json.writeNumberField("bus_seconds", seconds(load.busNanos()));
        json.writeNumberField("bus_busy_seconds", seconds(load.busBusyNanos()));
        json.writeNumberField("bus_wait_seconds", seconds(load.busWaitNanos()));
        json.writeNumberField("bus_exposed_seconds", seconds(load.busExposedNanos()));
        json.writeNumberField("overlap_seconds", seconds(load.overlapNanos()));
        json.writeNumberField("busy_seconds", seconds(load.busyNanos()));
        json.writeNumberField("bus_bytes", load.busBytes());
        json.writeNumberField("bus_received_bytes", load.busReceivedBytes());
        json.writeNumberField("bus_events_of_unknown_size", load.busEventsOfUnknownSize());
    }

    private static void writeOps(
            JsonGenerator json, String name, Map<? extends Enum<?>, TraceSummary.OpLoad> loads, boolean bus)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<? extends Enum<?>, TraceSummary.OpLoad> each : loads.entrySet()) {
            json.writeObjectFieldStart(each.getKey().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("events", each.getValue().events());
            json.writeNumberField("seconds", seconds(each.getValue().nanos()));
            if (bus) {
                json.writeNumberField("wait_seconds", seconds(each.getValue().waitNanos()));
                json.writeNumberField("bytes", each.getValue().bytes());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** Exact: a double would round the ticks of 100 ns that some logs have. */
    private static BigDecimal seconds(long nanos) {
        BigDecimal exact = BigDecimal.valueOf(nanos, 9).stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0) : exact;
    }

    private static String text(TraceSummary s) {
        List<String> lines = new ArrayList<>();
        lines.add(s.metadata().sourceFormat() + ": " + count(s.records()) + " records in "
                + seconds(s.spanNanos()).toPlainString() + " s");
        if (s.requests() > 0) {
            line(lines, "requests", count(s.requests()));
        }
        if (s.inputTokens() + s.outputTokens() > 0) {
            line(lines, "tokens", count(s.inputTokens()) + " input, " + count(s.outputTokens()) + " output");
        }
        if (s.total().events() > 0) {
            line(
                    lines,
                    "events",
                    count(s.total().computeEvents()) + " compute, "
                            + count(s.total().busEvents()) + " bus, "
                            + count(s.total().stepEvents()) + " step, "
                            + count(s.total().requestEvents()) + " request, "
                            + count(s.total().sampleEvents()) + " sample, "
                            + count(s.total().faultEvents())
                            + " fault of " + s.cardCount() + " cards");
            line(lines, "computing", Readable.seconds(s.total().computeBusyNanos() / 1e9));
            line(
                    lines,
                    "on the bus",
                    Readable.seconds(s.total().busNanos() / 1e9) + ", of it waiting "
                            + Readable.seconds(s.total().busWaitNanos() / 1e9) + "; not behind computing "
                            + Readable.seconds(s.total().busExposedNanos() / 1e9));
            line(lines, "bus bytes", busBytes(s.total()));
        }
        s.metadata().notes().forEach((key, value) -> line(lines, key, value));
        line(lines, "digest", s.digest());
        s.cards()
                .ifPresent(cards -> cards.forEach((card, load) -> line(
                        lines,
                        "card " + card,
                        count(load.computeEvents()) + " compute, " + count(load.busEvents()) + " bus, computing "
                                + Readable.seconds(load.computeBusyNanos() / 1e9) + ", waiting "
                                + Readable.seconds(load.busWaitNanos() / 1e9))));
        return String.join(System.lineSeparator(), lines);
    }

    /** What is unknown is not zero. */
    private static String busBytes(Load load) {
        long unknown = load.busEventsOfUnknownSize();
        if (unknown == load.busEvents()) {
            return "unknown";
        }
        return Readable.scaled(load.busBytes(), "B")
                + (unknown == 0 ? "" : ", and " + count(unknown) + " of unknown size");
    }

    private static void line(List<String> lines, String name, String value) {
        lines.add(String.format(Locale.ROOT, "  %-12s %s", name, value));
    }
}
