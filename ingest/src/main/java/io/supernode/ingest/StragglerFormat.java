package io.supernode.ingest;

import com.fasterxml.jackson.core.JsonToken;
import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Timelines of training jobs as published with "Understanding Stragglers in Large Model Training Using What-if
 * Analysis" (OSDI 2025): a list of Chrome events, plain or gzip, whose processes are data-parallel ranks and whose
 * threads name pipeline and tensor rank. No sizes are told, so none are given. Both sides of a transfer and all ranks of
 * a collective are in the file, so that waiting is told from transfer.
 */
final class StragglerFormat implements RecordingFormat {
    private static final String ACCEPTED = "accepted: a list of events with step, mb_id and seq_id, whose threads are"
            + " named \"PP rank p, TP rank t, ...\"";
    private static final String STEP = "step";
    private static final String CHUNK = "model_chunk";
    private static final String MICROBATCH = "mb_id";
    private static final String SEQUENCE = "seq_id";
    private static final Set<String> ARGUMENTS = Set.of(STEP, CHUNK, MICROBATCH, SEQUENCE);
    private static final Map<String, ComputeOp> COMPUTE = Map.of(
            "forward-compute", ComputeOp.FORWARD,
            "backward-compute", ComputeOp.BACKWARD,
            "optimizer", ComputeOp.OPTIMIZER,
            "optimizer-clip-main-grad", ComputeOp.OPTIMIZER,
            "gc", ComputeOp.OTHER);
    private static final Map<String, BusOp> BUS = Map.of(
            "forward-send", BusOp.SEND,
            "forward-recv", BusOp.RECEIVE,
            "backward-send", BusOp.SEND,
            "backward-recv", BusOp.RECEIVE,
            "grads-reduce-scatter", BusOp.REDUCE_SCATTER,
            "params-all-gather", BusOp.ALL_GATHER,
            "layernorm-grads-all-reduce", BusOp.ALL_REDUCE,
            "embedding-grads-all-reduce", BusOp.ALL_REDUCE);

    @Override
    public String name() {
        return "straggler";
    }

    @Override
    public String lookedFor() {
        return "a JSON list of events such as forward-compute with step, mb_id and seq_id, plain or gzip";
    }

    @Override
    public boolean recognises(Recording recording) {
        String text = recording.head().text().stripLeading();
        return text.startsWith("[")
                && text.contains('"' + MICROBATCH + '"')
                && (COMPUTE.keySet().stream().anyMatch(name -> text.contains('"' + name + '"'))
                        || BUS.keySet().stream().anyMatch(name -> text.contains('"' + name + '"')));
    }

    @Override
    public int passes() {
        return 2; // the names of processes and threads stand at the end
    }

    @Override
    public void read(Recording recording, ImportOptions options, RecordingOutput out) throws IOException {
        Path file = recording.file();
        StragglerRanks ranks = new StragglerRanks(file);
        recording.asFarAsGood(() -> each(recording, file, Set.of("name"), ranks::look));
        ranks.close();
        try (EventAssembly events = new EventAssembly(file);
                EventSorter transfers = new EventSorter(EventOrder.COLLECTIVE)) {
            EventBatch one = new EventBatch(16);
            recording.asFarAsGood(() -> each(recording, file, ARGUMENTS, event -> {
                if (event.phase().equals("X")) {
                    take(event, ranks, one, events, transfers);
                }
            }));
            new CollectiveMatcher(transfers, false).resolve(events, out);
            out.note("ranks", ranks.text());
            out.remark(ranks.text());
            events.finish(options, out);
        }
    }

    private interface Taker {
        void take(ChromeEvent event) throws IOException;
    }

    private static void each(Recording recording, Path file, Set<String> arguments, Taker taker) throws IOException {
        JsonInput json = new JsonInput(file, recording.open(file), ACCEPTED);
        if (json.next() != JsonToken.START_ARRAY) {
            throw json.wrong(json.token() == null ? "holds nothing" : "is not a list");
        }
        ChromeEvent event = new ChromeEvent(json, arguments);
        while (json.nextInside() != JsonToken.END_ARRAY) {
            event.read();
            taker.take(event);
        }
        if (json.next() != null) {
            throw json.wrong("goes on after its end");
        }
    }

    private static void take(
            ChromeEvent event, StragglerRanks ranks, EventBatch one, EventAssembly events, EventSorter transfers)
            throws IOException {
        StragglerRanks.Place place = ranks.place(event);
        int card = ranks.card(place);
        int step = event.index(STEP);
        long start = event.startNanos();
        long duration = event.durationNanos();
        one.clear();
        ComputeOp compute = COMPUTE.get(event.name());
        if (compute != null) {
            one.addCompute(card, compute, start, duration, 0, 0, 0, step, event.index(MICROBATCH), place.stage());
            events.add(one, 0);
            return;
        }
        BusOp op = BUS.get(event.name());
        if (op == null) {
            throw event.wrong("is not an operation that is known: " + InputException.shown(event.name()));
        }
        StragglerRanks.Group group = ranks.group(event.name(), event.index(CHUNK), place);
        one.addBus(
                card,
                op,
                Fabric.UNKNOWN,
                group.number(),
                group.size(),
                group.peer(),
                start,
                duration,
                0,
                BusEvent.UNKNOWN_BYTES,
                BusEvent.UNKNOWN_BYTES,
                step,
                event.index(SEQUENCE),
                place.stage());
        transfers.add(one, 0);
    }
}
