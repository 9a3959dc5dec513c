package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.TruthTold;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.FaultEvent;
import io.supernode.event.RequestEvent;
import io.supernode.machine.Machine;
import io.supernode.workload.ServingWorkload;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Pulls a run to its end, holds what tests ask for, and checks on the way what is true of every run: stretches in the
 * order of time, cards that exist, waits inside of durations, no card busy with two things at once, bytes sent equal to
 * bytes received, causality of every request.
 */
final class ServedRun {
    final EventDigest digest = new EventDigest();
    final Map<Long, RequestEvent> requests = new HashMap<>();
    final Map<ComputeOp, Long> tokens = new HashMap<>();
    final Map<BusOp, Long> busEvents = new HashMap<>();
    long events;
    long stretches;
    long endNanos;
    long decodeTokensCounted;
    /** DECODE tokens whose burst ended in [from, to) of {@link #measureDecode} */
    private long measureFrom = Long.MAX_VALUE;

    private long measureTo = Long.MAX_VALUE;
    long firstDecodeEventStart = Long.MAX_VALUE;

    /** The truth about disturbances, as it was told. */
    final List<FaultEvent> faults = new ArrayList<>();
    /** By operation: transit and wait of all cards. */
    final Map<BusOp, long[]> busNanos = new EnumMap<>(BusOp.class);
    /** By card. */
    final long[] computeNanos;

    private DisturbanceSchedule schedule = DisturbanceSchedule.NONE;
    private final Machine machine;
    private final ServingWorkload workload;
    private final long[] computeUntil;
    private final long[] expertTrafficUntil;
    private final long[] cacheTrafficUntil;
    /** Of decode cards, whose dispatches and combines alternate in a burst. */
    private final long[] combineUntil;
    /** By decode card: the last burst's end, that of the one before, and what the card did in the last. */
    private final long[] burstEnd;

    private final long[] burstBefore;
    private final long[] burstBusy;
    private final Map<String, long[]> collectives = new HashMap<>();

    ServedRun(Machine machine, ServingWorkload workload) {
        this.machine = machine;
        this.workload = workload;
        computeNanos = new long[machine.cards()];
        computeUntil = new long[machine.cards()];
        expertTrafficUntil = new long[machine.cards()];
        cacheTrafficUntil = new long[machine.cards()];
        combineUntil = new long[machine.cards()];
        burstEnd = new long[machine.cards()];
        burstBefore = new long[machine.cards()];
        burstBusy = new long[machine.cards()];
    }

    static ServedRun of(
            Machine machine,
            ServingWorkload workload,
            long seed,
            List<Request> requests,
            DisturbanceSchedule schedule) {
        ServedRun run = new ServedRun(machine, workload);
        run.schedule = schedule;
        return run.run(seed, requests.iterator());
    }

    static ServedRun of(Machine machine, ServingWorkload workload, long seed, List<Request> requests) {
        return new ServedRun(machine, workload).run(seed, requests.iterator());
    }

    ServedRun measureDecode(long fromNanos, long toNanos) {
        measureFrom = fromNanos;
        measureTo = toNanos;
        return this;
    }

    ServedRun run(long seed, Iterator<Request> requests) {
        EventSource source =
                new TruthTold(new Serving(machine, workload).events(seed, requests, schedule), schedule, 0);
        EventBatch batch = new EventBatch();
        long through = source.throughNanos();
        while (source.next(batch)) {
            stretches++;
            assertThat(source.throughNanos()).isGreaterThanOrEqualTo(through);
            for (int i : batch.timeOrder()) {
                if (batch.endNanos(i) < through || batch.endNanos(i) >= source.throughNanos()) {
                    throw new AssertionError(
                            "outside of " + through + " to " + source.throughNanos() + ": " + batch.record(i));
                }
                check(batch, i);
                digest.add(batch, i);
                events++;
                endNanos = batch.endNanos(i);
            }
            through = source.throughNanos();
        }
        assertThat(batch.isEmpty()).isTrue();
        assertThat(source.next(batch)).isFalse();
        assertThat(collectives.values())
                .allSatisfy(bytes -> assertThat(bytes[0]).isEqualTo(bytes[1]));
        return this;
    }

    long allTokens() {
        return tokens.values().stream().mapToLong(Long::longValue).sum();
    }

    List<RequestEvent> inOrder() {
        List<RequestEvent> list = new ArrayList<>(requests.values());
        list.sort((a, b) -> Long.compare(a.request(), b.request()));
        return list;
    }

    private void check(EventBatch batch, int i) {
        int card = batch.card(i);
        if (batch.kind(i) == EventKind.FAULT) {
            faults.add(batch.faultEvent(i));
            return;
        }
        long end = batch.endNanos(i);
        if (schedule.during(end - 1, end + 1).silentUntilNanos(card, end) > end) {
            throw new AssertionError("told while its card is lost: " + batch.record(i));
        }
        boolean cardServes = card >= 0 && card < workload.cards();
        if (!cardServes || batch.durationNanos(i) < 0 || batch.startNanos(i) < 0) {
            throw new AssertionError(batch.record(i));
        }
        switch (batch.kind(i)) {
            case COMPUTE -> checkCompute(batch, i);
            case BUS -> checkBus(batch, i);
            case REQUEST -> checkRequest(batch.requestEvent(i));
            case STEP, SAMPLE, FAULT -> throw new AssertionError("not in serving: " + batch.record(i));
        }
    }

    private void checkCompute(EventBatch batch, int i) {
        int card = batch.card(i);
        ComputeOp op = batch.computeOp(i);
        boolean decodes = card < workload.decode().cards();
        double peak = machine.card().int8Ops() * batch.durationNanos(i) * 1e-3;
        if (batch.startNanos(i) < computeUntil[card]
                || decodes != (op == ComputeOp.DECODE)
                || batch.megaflops(i) * 1e6 > peak * 1e6
                || batch.tokens(i) < 0) {
            throw new AssertionError("busy until " + computeUntil[card] + ": " + batch.record(i));
        }
        computeUntil[card] = batch.endNanos(i);
        computeNanos[card] += batch.durationNanos(i);
        tokens.merge(op, batch.tokens(i), Long::sum);
        if (decodes) {
            checkBurst(card, batch.endNanos(i), batch.durationNanos(i));
            firstDecodeEventStart = Math.min(firstDecodeEventStart, batch.startNanos(i));
            if (batch.endNanos(i) >= measureFrom && batch.endNanos(i) < measureTo) {
                decodeTokensCounted += batch.tokens(i);
            }
        }
    }

    private void checkBus(EventBatch batch, int i) {
        int card = batch.card(i);
        BusOp op = batch.busOp(i);
        busEvents.merge(op, 1L, Long::sum);
        long transit = batch.durationNanos(i) - batch.waitNanos(i);
        long transitStart = batch.endNanos(i) - transit;
        long[] nanos = busNanos.computeIfAbsent(op, key -> new long[2]);
        nanos[0] += transit;
        nanos[1] += batch.waitNanos(i);
        boolean ofBurst = card < workload.decode().cards() && op != BusOp.CACHE_TRANSFER;
        if (ofBurst) {
            checkBurst(card, batch.endNanos(i), transit);
        }
        long[] until = op == BusOp.CACHE_TRANSFER
                ? cacheTrafficUntil
                : ofBurst && op == BusOp.COMBINE ? combineUntil : expertTrafficUntil;
        double lineRate = op == BusOp.CACHE_TRANSFER
                ? machine.scaleOut().bytesPerSecond()
                : machine.betweenNodes().bytesPerSecond();
        long bytes = Math.max(batch.sentBytes(i), batch.receivedBytes(i));
        if (batch.waitNanos(i) < 0 || transit <= 0 || transitStart < until[card] || bytes > lineRate * transit * 1e-9) {
            throw new AssertionError("taken until " + until[card] + ": " + batch.record(i));
        }
        until[card] = batch.endNanos(i);
        long[] sums = collectives.computeIfAbsent(
                batch.group(i) + "/" + batch.step(i) + "/" + batch.microbatch(i), key -> new long[4]);
        // of one collective: all ranks once, all doing the same
        if (sums[2]++ == 0) {
            sums[3] = op.ordinal();
        }
        if (sums[3] != op.ordinal() || sums[2] > batch.groupSize(i)) {
            throw new AssertionError("not of one collective: " + batch.record(i));
        }
        sums[0] += batch.sentBytes(i);
        sums[1] += batch.receivedBytes(i);
    }

    /** What a card did in a burst fits between the ends of two bursts. */
    private void checkBurst(int card, long end, long nanos) {
        if (end != burstEnd[card]) {
            burstBefore[card] = burstEnd[card];
            burstEnd[card] = end;
            burstBusy[card] = 0;
        }
        burstBusy[card] += nanos;
        assertThat(burstBusy[card]).isLessThanOrEqualTo(end - burstBefore[card]);
    }

    private void checkRequest(RequestEvent e) {
        assertThat(requests.put(e.request(), e)).isNull();
        if (e.outputTokens() == 0) {
            assertThat(e.firstTokenNanos()).isEqualTo(RequestEvent.UNKNOWN_NANOS);
            assertThat(e.arrivalNanos()).isLessThanOrEqualTo(e.endNanos());
        } else {
            assertThat(e.arrivalNanos()).isLessThan(e.firstTokenNanos());
            assertThat(e.firstTokenNanos()).isLessThanOrEqualTo(e.endNanos());
        }
    }
}
