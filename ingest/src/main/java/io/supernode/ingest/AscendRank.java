package io.supernode.ingest;

import com.fasterxml.jackson.core.JsonToken;
import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One rank's folder of Ascend's profiler. */
final class AscendRank {
    private static final String KERNELS = "kernel_details.csv";
    private static final String OPERATIONS = "communication.json";
    private static final String MATRIX = "communication_matrix.json";
    private static final String STEPS = "step_trace_time.csv";
    private static final int MICROS_POWER = 3;
    private static final int STEPS_MAX = 1 << 20;
    /** Rows of kernel_details.csv that are operations on the bus again; the name is the tool's version's. */
    private static final Set<String> COMMUNICATION = Set.of("HCCL", "COMMUNICATION");

    private final Recording recording;
    private final Path folder;
    private final AscendGroups groups;
    private final AscendOperations operations = new AscendOperations();
    private final Map<String, Long> stepStarts = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private int card;

    AscendRank(Recording recording, Path folder, AscendGroups groups) {
        this.recording = recording;
        this.folder = folder;
        this.groups = groups;
    }

    /** Adds what the rank did. */
    void read(RankMap ranks, int place, EventAssembly events) throws IOException {
        Path output = folder.resolve(AscendFormat.OUTPUT);
        if (!Files.isDirectory(output)) {
            throw InputException.of(
                    folder, "holds no " + AscendFormat.OUTPUT + "; accepted: a profile that has been analysed");
        }
        card = ranks.seat(folder, rank(), place);
        Path matrix = output.resolve(MATRIX);
        if (Files.exists(matrix)) {
            recording.asFarAsGood(() -> groups.read(matrix, recording.open(matrix), card));
        }
        Path communication = output.resolve(OPERATIONS);
        if (Files.exists(communication)) {
            recording.asFarAsGood(() -> operations.read(communication, recording.open(communication)));
        }
        Path kernels = output.resolve(KERNELS);
        recording.asFarAsGood(() -> kernels(kernels, events));
        for (AscendOperations.Operation rest : operations.rest()) {
            addBus(kernels, rest.name(), rest.step(), rest.startNanos(), rest.elapseNanos(), rest, events);
        }
        Path steps = output.resolve(STEPS);
        if (Files.exists(steps)) {
            recording.asFarAsGood(() -> steps(steps, events));
        }
    }

    private long rank() throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "profiler_info*.json")) {
            for (Path file : found) {
                return rank(file);
            }
        }
        throw InputException.of(folder, "holds no profiler_info_<rank>.json; accepted: a folder *_ascend_pt");
    }

    private long rank(Path file) throws InputException {
        JsonInput json =
                new JsonInput(file, recording.open(file), "accepted: profiler_info_<rank>.json of Ascend's profiler");
        AscendOperations.requireObject(json, json.next());
        long rank = -1;
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            JsonToken value = json.nextInside();
            if (key.equals("rank_id") && value.isScalarValue()) {
                rank = json.whole(key);
            } else {
                json.skip();
            }
        }
        return rank;
    }

    private void kernels(Path file, EventAssembly events) throws IOException {
        CsvTable table = new CsvTable(
                file, recording.open(file), "accepted: kernel_details.csv of Ascend's profiler with its columns");
        int step = List.of("Step Id", "Step ID", "Step").stream().anyMatch(table::has)
                ? table.column(List.of("Step Id", "Step ID", "Step").stream()
                        .filter(table::has)
                        .findFirst()
                        .orElseThrow())
                : -1;
        int name = table.column("Name");
        int core = table.column("Accelerator Core");
        int start = table.column("Start Time(us)");
        int duration = table.column("Duration(us)");
        while (table.advance()) {
            String stepName =
                    step < 0 ? "" : AscendOperations.number(table.text(step).strip());
            long startNanos = table.scaled(start, MICROS_POWER);
            long nanos = table.scaled(duration, MICROS_POWER);
            if (startNanos < 0 || startNanos > ChromeEvent.LATEST_NANOS) {
                throw table.wrong(
                        "must be a time from 1970 to 2096: Start Time(us)=" + InputException.shown(table.text(start)));
            }
            if (nanos < 0 || nanos > EventAssembly.LONGEST_NANOS) {
                throw table.wrong("must be 0 to a day: Duration(us)=" + InputException.shown(table.text(duration)));
            }
            if (!stepName.isEmpty()) {
                stepStarts.merge(stepName, startNanos, Math::min);
                if (stepStarts.size() > STEPS_MAX) {
                    throw table.wrong("is one step too many");
                }
            }
            if (COMMUNICATION.contains(table.text(core).strip())) {
                String operation = table.text(name).strip();
                addBus(file, operation, stepName, startNanos, nanos, operations.take(stepName, operation), events);
            } else {
                EventBatch event = events.adding();
                event.addCompute(card, ComputeOp.OTHER, startNanos, nanos, 0, 0, 0, stepNumber(stepName), -1, -1);
                events.add(event, 0);
            }
        }
    }

    /** @param told what else is known of the operation; null nothing */
    private void addBus(
            Path file,
            String name,
            String step,
            long startNanos,
            long nanos,
            AscendOperations.Operation told,
            EventAssembly events)
            throws IOException {
        BusOp op = BusOps.of(name);
        boolean two = BusOps.isBetweenTwo(op) || told != null && told.betweenTwo();
        String group = told == null ? "" : told.group();
        long length = told == null ? nanos : told.elapseNanos();
        EventBatch event = events.adding();
        event.addBus(
                card,
                op,
                told == null ? Fabric.UNKNOWN : told.fabric(),
                groups.number(group),
                two ? 2 : groups.size(group),
                -1,
                startNanos,
                length,
                told == null ? 0 : length - told.transitNanos(),
                told == null ? BusEvent.UNKNOWN_BYTES : told.bytes(),
                BusEvent.UNKNOWN_BYTES,
                stepNumber(step),
                two ? -1 : numbers.merge(group, 1, Integer::sum) - 1,
                -1);
        events.added(() -> InputException.of(file, "must be 0 to a day: length of " + InputException.shown(name)));
    }

    private void steps(Path file, EventAssembly events) throws IOException {
        CsvTable table = new CsvTable(
                file, recording.open(file), "accepted: step_trace_time.csv of Ascend's profiler with its columns");
        int step = table.column("Step");
        int stage = table.column("Stage");
        int free = table.column("Free");
        while (table.advance()) {
            String name = AscendOperations.number(table.text(step).strip());
            int number = stepNumber(name);
            Long start = stepStarts.get(name);
            if (number < 0 || start == null) {
                continue; // the whole profile, or a step without a kernel
            }
            long length = table.scaled(stage, MICROS_POWER);
            long idle = Math.max(0, Math.min(length, table.scaled(free, MICROS_POWER)));
            EventBatch event = events.adding();
            event.addStep(card, number, start, length, idle, 0, 0);
            events.added(() -> table.wrong("must be 0 to a day: Stage=" + InputException.shown(table.text(stage))));
        }
    }

    private static int stepNumber(String name) {
        try {
            return Math.max(-1, Integer.parseInt(name));
        } catch (NumberFormatException e) {
            return -1; // profiled outside of any step
        }
    }
}
