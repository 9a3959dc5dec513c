package io.supernode.replay;

import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.RequestEvent;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import io.supernode.serving.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a trace file holds, all of it read. Memory is bounded by a block and the cards.
 *
 * @param metadata what the file says of itself
 * @param records requests and frames in the file
 * @param requests requests among the records
 * @param firstNanos arrival of the first request or start of the first event, whichever is earlier; 0 for an empty file
 * @param lastNanos arrival of the last request or end of the last event, whichever is later; 0 for an empty file
 * @param total over all cards
 * @param cards by card, ascending; present where asked for
 * @param cardCount cards that reported an event
 * @param computeByOp compute events by what was computed, over all cards; only what there is
 * @param busByOp bus events by what the bus did, over all cards; only what there is
 * @param inputTokens prompt tokens of requests and request events
 * @param outputTokens generated tokens of requests and request events
 * @param digest of all events and requests: equal for equal content, whatever the frames
 */
public record TraceSummary(
        TraceMetadata metadata,
        long records,
        long requests,
        long firstNanos,
        long lastNanos,
        Load total,
        Optional<Map<Integer, Load>> cards,
        int cardCount,
        Map<ComputeOp, OpLoad> computeByOp,
        Map<BusOp, OpLoad> busByOp,
        long inputTokens,
        long outputTokens,
        String digest) {
    /**
     * What all cards did of one kind.
     *
     * @param nanos summed length, waiting included
     * @param waitNanos part of it spent waiting; 0 for computing
     * @param bytes bytes that left cards, where known; 0 for computing
     */
    public record OpLoad(long events, long nanos, long waitNanos, long bytes) {
        private OpLoad plus(OpLoad o) {
            return new OpLoad(events + o.events, nanos + o.nanos, waitNanos + o.waitNanos, bytes + o.bytes);
        }
    }

    /**
     * What one card, or all of them, did.
     *
     * @param computeEvents compute events; likewise the other kinds
     * @param tokens tokens that compute events completed
     * @param computeNanos summed length of compute events
     * @param computeBusyNanos time in which a card computed, overlaps counted once; summed over cards
     * @param busNanos summed length of bus events, waiting included
     * @param busWaitNanos part of it spent waiting for late peers
     * @param busBusyNanos time in which a card was in a bus event, overlaps counted once; summed over cards
     * @param busyNanos time in which a card computed or was in a bus event; summed over cards
     * @param busBytes bytes that left cards, where known
     * @param busReceivedBytes bytes that reached cards, where known
     * @param busEventsOfUnknownSize bus events that tell neither bytes sent nor received
     */
    public record Load(
            long computeEvents,
            long busEvents,
            long stepEvents,
            long requestEvents,
            long sampleEvents,
            long faultEvents,
            long tokens,
            long computeNanos,
            long computeBusyNanos,
            long busNanos,
            long busWaitNanos,
            long busBusyNanos,
            long busyNanos,
            long busBytes,
            long busReceivedBytes,
            long busEventsOfUnknownSize) {
        public long events() {
            return computeEvents + busEvents + stepEvents + requestEvents + sampleEvents + faultEvents;
        }

        /** Time in which a card was on the bus and did not compute: what communication costs. */
        public long busExposedNanos() {
            return busyNanos - computeBusyNanos;
        }

        /** Time in which a card computed and was on the bus. */
        public long overlapNanos() {
            return computeBusyNanos + busBusyNanos - busyNanos;
        }

        private Load plus(Load o) {
            return new Load(
                    computeEvents + o.computeEvents,
                    busEvents + o.busEvents,
                    stepEvents + o.stepEvents,
                    requestEvents + o.requestEvents,
                    sampleEvents + o.sampleEvents,
                    faultEvents + o.faultEvents,
                    tokens + o.tokens,
                    computeNanos + o.computeNanos,
                    computeBusyNanos + o.computeBusyNanos,
                    busNanos + o.busNanos,
                    busWaitNanos + o.busWaitNanos,
                    busBusyNanos + o.busBusyNanos,
                    busyNanos + o.busyNanos,
                    busBytes + o.busBytes,
                    busReceivedBytes + o.busReceivedBytes,
                    busEventsOfUnknownSize + o.busEventsOfUnknownSize);
        }
    }

    /**
     * Reads a whole trace.
     *
     * @throws TraceFormatException where it is no whole trace
     */
    public static TraceSummary of(Path file, boolean perCard) throws IOException {
        try (TraceReader reader = TraceReader.open(file)) {
            Summing sums = new Summing();
            while (reader.next()) {
                if (reader.isRequest()) {
                    sums.add(reader.request());
                } else {
                    sums.add(reader);
                }
            }
            return sums.summary(reader, perCard);
        }
    }

    /** Event time from {@link #firstNanos} to {@link #lastNanos}. */
    public long spanNanos() {
        return lastNanos - firstNanos;
    }

    private static final class Card {
        long computeEvents;
        long busEvents;
        long stepEvents;
        long requestEvents;
        long sampleEvents;
        long faultEvents;
        long tokens;
        long computeNanos;
        long busNanos;
        long busWaitNanos;
        long sentBytes;
        long receivedBytes;
        long unknownSize;
        final BusyTime computing = new BusyTime();
        final BusyTime onBus = new BusyTime();
        final BusyTime busy = new BusyTime();

        void add(EventBatch b, int i) {
            switch (b.kind(i)) {
                case COMPUTE -> {
                    computeEvents++;
                    tokens += b.tokens(i);
                    computeNanos += b.durationNanos(i);
                    computing.add(b.startNanos(i), b.endNanos(i));
                    busy.add(b.startNanos(i), b.endNanos(i));
                }
                case BUS -> addBus(b, i);
                case STEP -> stepEvents++;
                case REQUEST -> requestEvents++;
                case SAMPLE -> sampleEvents++;
                case FAULT -> faultEvents++;
            }
        }

        private void addBus(EventBatch b, int i) {
            busEvents++;
            busNanos += b.durationNanos(i);
            busWaitNanos += b.waitNanos(i);
            onBus.add(b.startNanos(i), b.endNanos(i));
            busy.add(b.startNanos(i), b.endNanos(i));
            boolean sentKnown = b.sentBytes(i) != BusEvent.UNKNOWN_BYTES;
            boolean receivedKnown = b.receivedBytes(i) != BusEvent.UNKNOWN_BYTES;
            sentBytes += sentKnown ? b.sentBytes(i) : 0;
            receivedBytes += receivedKnown ? b.receivedBytes(i) : 0;
            unknownSize += sentKnown || receivedKnown ? 0 : 1;
        }

        Load load() {
            return new Load(
                    computeEvents,
                    busEvents,
                    stepEvents,
                    requestEvents,
                    sampleEvents,
                    faultEvents,
                    tokens,
                    computeNanos,
                    computing.nanos(),
                    busNanos,
                    busWaitNanos,
                    onBus.nanos(),
                    busy.nanos(),
                    sentBytes,
                    receivedBytes,
                    unknownSize);
        }
    }

    private static final class Summing {
        final Map<Integer, Card> cards = new TreeMap<>();
        final EventBatch events = new EventBatch();
        final Map<ComputeOp, OpLoad> computeByOp = new EnumMap<>(ComputeOp.class);
        final Map<BusOp, OpLoad> busByOp = new EnumMap<>(BusOp.class);
        final EventDigest digest = new EventDigest();
        final FrameReader[] readers = new FrameReader[EventKind.values().length];
        long requests;
        long inputTokens;
        long outputTokens;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;

        Summing() {
            for (EventKind kind : EventKind.values()) {
                readers[kind.ordinal()] = new FrameReader(kind);
            }
        }

        void add(Request r) {
            requests++;
            inputTokens += r.inputTokens();
            outputTokens += r.outputTokens();
            first = Math.min(first, r.arrivalNanos());
            last = Math.max(last, r.arrivalNanos());
            // the digest of a request event that no card reports: the card's place is taken by the prompt's blocks
            events.clear();
            events.addRequest(
                    Arrays.hashCode(r.prefixBlocks()),
                    r.index(),
                    r.arrivalNanos(),
                    RequestEvent.UNKNOWN_NANOS,
                    r.arrivalNanos(),
                    r.inputTokens(),
                    r.outputTokens());
            digest.add(events, 0);
        }

        void add(TraceReader reader) throws TraceFormatException {
            events.clear();
            try {
                readers[reader.kind().ordinal()].read(reader.frame(), events);
            } catch (UnreadableException e) {
                throw reader.unreadable(e);
            }
            for (int i = 0; i < events.size(); i++) {
                cards.computeIfAbsent(events.card(i), card -> new Card()).add(events, i);
                digest.add(events, i);
                first = Math.min(first, events.startNanos(i));
                last = Math.max(last, events.endNanos(i));
                switch (events.kind(i)) {
                    case COMPUTE ->
                        computeByOp.merge(
                                events.computeOp(i), new OpLoad(1, events.durationNanos(i), 0, 0), OpLoad::plus);
                    case BUS ->
                        busByOp.merge(
                                events.busOp(i),
                                new OpLoad(
                                        1,
                                        events.durationNanos(i),
                                        events.waitNanos(i),
                                        Math.max(0, events.sentBytes(i))),
                                OpLoad::plus);
                    case STEP, SAMPLE, FAULT -> {
                        // counted by card
                    }
                    case REQUEST -> {
                        inputTokens += events.inputTokens(i);
                        outputTokens += events.outputTokens(i);
                    }
                }
            }
        }

        TraceSummary summary(TraceReader reader, boolean perCard) {
            Load total = new Card().load();
            Map<Integer, Load> loads = new TreeMap<>();
            for (Map.Entry<Integer, Card> card : cards.entrySet()) {
                Load load = card.getValue().load();
                total = total.plus(load);
                loads.put(card.getKey(), load);
            }
            boolean empty = last == Long.MIN_VALUE;
            return new TraceSummary(
                    reader.metadata(),
                    reader.records(),
                    requests,
                    empty ? 0 : first,
                    empty ? 0 : last,
                    total,
                    perCard ? Optional.of(loads) : Optional.empty(),
                    loads.size(),
                    Collections.unmodifiableMap(computeByOp),
                    Collections.unmodifiableMap(busByOp),
                    inputTokens,
                    outputTokens,
                    digest.hex());
        }
    }
}
