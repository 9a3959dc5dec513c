package io.supernode.event;

import java.util.Arrays;

/**
 * Many events of all kinds, column by column: what the model fills, frames are written from and read into, and windows
 * are summed from. It keeps its arrays, so that after a warm-up no event costs an allocation. Not thread-safe.
 *
 * <p>Records ({@link ComputeEvent} and the others) go in and come out for tests and for people; the hot path uses
 * {@code add…} with plain values and the column accessors.
 *
 * <p>Columns by kind (a column not named is meaningless for that kind):
 * <ul>
 *   <li>all: {@code kind, card, endNanos, durationNanos}
 *   <li>COMPUTE: {@code op, tokens, megaflops, hbmBytes, step, microbatch, stage}
 *   <li>BUS: {@code op, fabric, group, groupSize, peer, waitNanos, sentBytes, receivedBytes, step, microbatch, stage}
 *   <li>STEP: {@code step, waitNanos, tokens, megaflops}
 *   <li>REQUEST: {@code request, firstTokenNanos, inputTokens, outputTokens} (arrival is end minus duration)
 *   <li>SAMPLE: {@code computePpm, hbmPpm, clockMegahertz, temperatureMillicelsius, powerMilliwatts, hbmUsedBytes,
 *       sentBytes, receivedBytes, linkErrors, planesDown}
 *   <li>FAULT: {@code fault, faultKind, active, cards, plane, stage, magnitudePpm}
 * </ul>
 */
public final class EventBatch {
    private static final EventKind[] KINDS = EventKind.values();
    private static final ComputeOp[] COMPUTE_OPS = ComputeOp.values();
    private static final BusOp[] BUS_OPS = BusOp.values();
    private static final Fabric[] FABRICS = Fabric.values();
    private static final FaultKind[] FAULT_KINDS = FaultKind.values();

    private int size;
    private byte[] kind;
    /** operation, or kind of fault */
    private byte[] op;
    /** network, or whether a fault is active */
    private byte[] fabric;

    private int[] card;
    /** step, or a sample's share of compute */
    private int[] step;
    /** microbatch, a sample's share of memory bandwidth, or a fault's magnitude */
    private int[] microbatch;
    /** stage, or a sample's clock */
    private int[] stage;
    /** group, or a sample's temperature */
    private int[] group;
    /** size of the group, a sample's link errors, or a fault's number of cards */
    private int[] groupSize;
    /** peer, a sample's planes that are down, or a fault's plane */
    private int[] peer;

    private long[] endNanos;
    private long[] durationNanos;
    /** wait, or a sample's power */
    private long[] waitNanos;
    /** tokens, a request's input tokens, or a sample's memory in use */
    private long[] tokens;
    /** megaflops, or a request's output tokens */
    private long[] megaflops;
    /** memory bytes, bytes sent, a request's position, or a fault's number */
    private long[] sent;
    /** bytes received, or a request's first token time */
    private long[] received;

    /** What {@link #timeOrder} sorts. */
    private long[] keys = new long[0];

    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;
    private long[] sorted = new long[0];
    private final int[] places = new int[DIGITS];

    public EventBatch() {
        this(1024);
    }

    public EventBatch(int capacity) {
        allocate(Math.max(16, capacity));
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Forgets all events, keeps the arrays. */
    public void clear() {
        size = 0;
    }

    /** Forgets the events from position {@code size} on, keeps the arrays. */
    public void truncate(int size) {
        if (size < 0 || size > this.size) {
            throw new IllegalArgumentException("must be 0 to " + this.size + ": size=" + size);
        }
        this.size = size;
    }

    public void addCompute(
            int card,
            ComputeOp op,
            long startNanos,
            long durationNanos,
            long tokens,
            long megaflops,
            long hbmBytes,
            int step,
            int microbatch,
            int stage) {
        int i = next(EventKind.COMPUTE, card, startNanos + durationNanos, durationNanos);
        this.op[i] = (byte) op.ordinal();
        this.tokens[i] = tokens;
        this.megaflops[i] = megaflops;
        this.sent[i] = hbmBytes;
        this.step[i] = step;
        this.microbatch[i] = microbatch;
        this.stage[i] = stage;
    }

    public void addBus(
            int card,
            BusOp op,
            Fabric fabric,
            int group,
            int groupSize,
            int peer,
            long startNanos,
            long durationNanos,
            long waitNanos,
            long sentBytes,
            long receivedBytes,
            int step,
            int microbatch,
            int stage) {
        int i = next(EventKind.BUS, card, startNanos + durationNanos, durationNanos);
        this.op[i] = (byte) op.ordinal();
        this.fabric[i] = (byte) fabric.ordinal();
        this.group[i] = group;
        this.groupSize[i] = groupSize;
        this.peer[i] = peer;
        this.waitNanos[i] = waitNanos;
        this.sent[i] = sentBytes;
        this.received[i] = receivedBytes;
        this.step[i] = step;
        this.microbatch[i] = microbatch;
        this.stage[i] = stage;
    }

    public void addStep(
            int card, int step, long startNanos, long durationNanos, long waitNanos, long tokens, long megaflops) {
        int i = next(EventKind.STEP, card, startNanos + durationNanos, durationNanos);
        this.step[i] = step;
        this.waitNanos[i] = waitNanos;
        this.tokens[i] = tokens;
        this.megaflops[i] = megaflops;
    }

    public void addRequest(
            int card,
            long request,
            long arrivalNanos,
            long firstTokenNanos,
            long endNanos,
            long inputTokens,
            long outputTokens) {
        int i = next(EventKind.REQUEST, card, endNanos, endNanos - arrivalNanos);
        this.sent[i] = request;
        this.received[i] = firstTokenNanos;
        this.tokens[i] = inputTokens;
        this.megaflops[i] = outputTokens;
    }

    public void addSample(
            int card,
            long endNanos,
            long durationNanos,
            int computePpm,
            int hbmPpm,
            int clockMegahertz,
            int temperatureMillicelsius,
            long powerMilliwatts,
            long hbmUsedBytes,
            long sentBytes,
            long receivedBytes,
            int linkErrors,
            int planesDown) {
        int i = next(EventKind.SAMPLE, card, endNanos, durationNanos);
        this.step[i] = computePpm;
        this.microbatch[i] = hbmPpm;
        this.stage[i] = clockMegahertz;
        this.group[i] = temperatureMillicelsius;
        this.waitNanos[i] = powerMilliwatts;
        this.tokens[i] = hbmUsedBytes;
        this.sent[i] = sentBytes;
        this.received[i] = receivedBytes;
        this.groupSize[i] = linkErrors;
        this.peer[i] = planesDown;
    }

    public void addFault(
            int card,
            long endNanos,
            long durationNanos,
            long fault,
            FaultKind kind,
            boolean active,
            int cards,
            int plane,
            int stage,
            int magnitudePpm) {
        int i = next(EventKind.FAULT, card, endNanos, durationNanos);
        this.sent[i] = fault;
        this.op[i] = (byte) kind.ordinal();
        this.fabric[i] = (byte) (active ? 1 : 0);
        this.groupSize[i] = cards;
        this.peer[i] = plane;
        this.stage[i] = stage;
        this.microbatch[i] = magnitudePpm;
    }

    public void add(ComputeEvent e) {
        addCompute(
                e.card(),
                e.op(),
                e.startNanos(),
                e.durationNanos(),
                e.tokens(),
                e.megaflops(),
                e.hbmBytes(),
                e.step(),
                e.microbatch(),
                e.stage());
    }

    public void add(BusEvent e) {
        addBus(
                e.card(),
                e.op(),
                e.fabric(),
                e.group(),
                e.groupSize(),
                e.peer(),
                e.startNanos(),
                e.durationNanos(),
                e.waitNanos(),
                e.sentBytes(),
                e.receivedBytes(),
                e.step(),
                e.microbatch(),
                e.stage());
    }

    public void add(StepEvent e) {
        addStep(e.card(), e.step(), e.startNanos(), e.durationNanos(), e.waitNanos(), e.tokens(), e.megaflops());
    }

    public void add(RequestEvent e) {
        addRequest(
                e.card(),
                e.request(),
                e.arrivalNanos(),
                e.firstTokenNanos(),
                e.endNanos(),
                e.inputTokens(),
                e.outputTokens());
    }

    public void add(CardSample e) {
        addSample(
                e.card(),
                e.endNanos(),
                e.durationNanos(),
                e.computePpm(),
                e.hbmPpm(),
                e.clockMegahertz(),
                e.temperatureMillicelsius(),
                e.powerMilliwatts(),
                e.hbmUsedBytes(),
                e.sentBytes(),
                e.receivedBytes(),
                e.linkErrors(),
                e.planesDown());
    }

    public void add(FaultEvent e) {
        addFault(
                e.card(),
                e.endNanos(),
                e.durationNanos(),
                e.fault(),
                e.kind(),
                e.active(),
                e.cards(),
                e.plane(),
                e.stage(),
                e.magnitudePpm());
    }

    /** Appends event {@code i} of another batch, its end moved by {@code shiftNanos}. */
    public void addFrom(EventBatch other, int i, long shiftNanos) {
        int j = next(KINDS[other.kind[i]], other.card[i], other.endNanos[i] + shiftNanos, other.durationNanos[i]);
        op[j] = other.op[i];
        fabric[j] = other.fabric[i];
        step[j] = other.step[i];
        microbatch[j] = other.microbatch[i];
        stage[j] = other.stage[i];
        group[j] = other.group[i];
        groupSize[j] = other.groupSize[i];
        peer[j] = other.peer[i];
        waitNanos[j] = other.waitNanos[i];
        tokens[j] = other.tokens[i];
        megaflops[j] = other.megaflops[i];
        sent[j] = other.sent[i];
        boolean firstToken = KINDS[other.kind[i]] == EventKind.REQUEST && other.received[i] >= 0;
        received[j] = firstToken ? other.received[i] + shiftNanos : other.received[i];
    }

    /** Appends all events of another batch, in their order. */
    public void addAll(EventBatch other) {
        int count = other.size;
        while (kind.length - size < count) {
            grow();
        }
        System.arraycopy(other.kind, 0, kind, size, count);
        System.arraycopy(other.op, 0, op, size, count);
        System.arraycopy(other.fabric, 0, fabric, size, count);
        System.arraycopy(other.card, 0, card, size, count);
        System.arraycopy(other.step, 0, step, size, count);
        System.arraycopy(other.microbatch, 0, microbatch, size, count);
        System.arraycopy(other.stage, 0, stage, size, count);
        System.arraycopy(other.group, 0, group, size, count);
        System.arraycopy(other.groupSize, 0, groupSize, size, count);
        System.arraycopy(other.peer, 0, peer, size, count);
        System.arraycopy(other.endNanos, 0, endNanos, size, count);
        System.arraycopy(other.durationNanos, 0, durationNanos, size, count);
        System.arraycopy(other.waitNanos, 0, waitNanos, size, count);
        System.arraycopy(other.tokens, 0, tokens, size, count);
        System.arraycopy(other.megaflops, 0, megaflops, size, count);
        System.arraycopy(other.sent, 0, sent, size, count);
        System.arraycopy(other.received, 0, received, size, count);
        size += count;
    }

    public EventKind kind(int i) {
        return KINDS[kind[i]];
    }

    public int card(int i) {
        return card[i];
    }

    /** Event time of the event: events are ordered and put into windows by their end. */
    public long endNanos(int i) {
        return endNanos[i];
    }

    public long durationNanos(int i) {
        return durationNanos[i];
    }

    public long startNanos(int i) {
        return endNanos[i] - durationNanos[i];
    }

    public ComputeOp computeOp(int i) {
        return COMPUTE_OPS[op[i]];
    }

    public BusOp busOp(int i) {
        return BUS_OPS[op[i]];
    }

    public Fabric fabric(int i) {
        return FABRICS[fabric[i]];
    }

    public int step(int i) {
        return step[i];
    }

    public int microbatch(int i) {
        return microbatch[i];
    }

    public int stage(int i) {
        return stage[i];
    }

    public int group(int i) {
        return group[i];
    }

    public int groupSize(int i) {
        return groupSize[i];
    }

    public int peer(int i) {
        return peer[i];
    }

    public long waitNanos(int i) {
        return waitNanos[i];
    }

    public long tokens(int i) {
        return tokens[i];
    }

    public long megaflops(int i) {
        return megaflops[i];
    }

    public long hbmBytes(int i) {
        return sent[i];
    }

    public long sentBytes(int i) {
        return sent[i];
    }

    public long receivedBytes(int i) {
        return received[i];
    }

    public long request(int i) {
        return sent[i];
    }

    public long firstTokenNanos(int i) {
        return received[i];
    }

    public long inputTokens(int i) {
        return tokens[i];
    }

    public long outputTokens(int i) {
        return megaflops[i];
    }

    public int computePpm(int i) {
        return step[i];
    }

    public int hbmPpm(int i) {
        return microbatch[i];
    }

    public int clockMegahertz(int i) {
        return stage[i];
    }

    public int temperatureMillicelsius(int i) {
        return group[i];
    }

    public long powerMilliwatts(int i) {
        return waitNanos[i];
    }

    public long hbmUsedBytes(int i) {
        return tokens[i];
    }

    public int linkErrors(int i) {
        return groupSize[i];
    }

    public int planesDown(int i) {
        return peer[i];
    }

    public long fault(int i) {
        return sent[i];
    }

    public FaultKind faultKind(int i) {
        return FAULT_KINDS[op[i]];
    }

    public boolean active(int i) {
        return fabric[i] != 0;
    }

    public int cards(int i) {
        return groupSize[i];
    }

    public int plane(int i) {
        return peer[i];
    }

    public int magnitudePpm(int i) {
        return microbatch[i];
    }

    public ComputeEvent compute(int i) {
        return new ComputeEvent(
                card[i],
                computeOp(i),
                startNanos(i),
                durationNanos[i],
                tokens[i],
                megaflops[i],
                sent[i],
                step[i],
                microbatch[i],
                stage[i]);
    }

    public BusEvent bus(int i) {
        return new BusEvent(
                card[i],
                busOp(i),
                fabric(i),
                group[i],
                groupSize[i],
                peer[i],
                startNanos(i),
                durationNanos[i],
                waitNanos[i],
                sent[i],
                received[i],
                step[i],
                microbatch[i],
                stage[i]);
    }

    public StepEvent stepEvent(int i) {
        return new StepEvent(card[i], step[i], startNanos(i), durationNanos[i], waitNanos[i], tokens[i], megaflops[i]);
    }

    public RequestEvent requestEvent(int i) {
        return new RequestEvent(card[i], sent[i], startNanos(i), received[i], endNanos[i], tokens[i], megaflops[i]);
    }

    public CardSample sample(int i) {
        return new CardSample(
                card[i],
                endNanos[i],
                durationNanos[i],
                computePpm(i),
                hbmPpm(i),
                clockMegahertz(i),
                temperatureMillicelsius(i),
                powerMilliwatts(i),
                hbmUsedBytes(i),
                sent[i],
                received[i],
                linkErrors(i),
                planesDown(i));
    }

    public FaultEvent faultEvent(int i) {
        return new FaultEvent(
                card[i],
                endNanos[i],
                durationNanos[i],
                fault(i),
                faultKind(i),
                active(i),
                cards(i),
                plane(i),
                stage[i],
                magnitudePpm(i));
    }

    /** Event {@code i} as the record of its kind, for tests and messages. */
    public Record record(int i) {
        return switch (kind(i)) {
            case COMPUTE -> compute(i);
            case BUS -> bus(i);
            case STEP -> stepEvent(i);
            case REQUEST -> requestEvent(i);
            case SAMPLE -> sample(i);
            case FAULT -> faultEvent(i);
        };
    }

    /**
     * The order of time: positions of the events sorted by end, then by the order in which they were added.
     * O(n log n); the keys that are sorted are kept for the next time.
     *
     * @throws IllegalStateException when the span of time and the number of events together need more than 63 bits
     *     (a million events may span 2.4 hours)
     */
    public int[] timeOrder() {
        return timeOrder(new int[size]);
    }

    /** The same into an array that is used again: the first {@link #size} of {@code into}, or of a longer one. */
    public int[] timeOrder(int[] into) {
        if (size == 0) {
            return into;
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (int i = 0; i < size; i++) {
            first = Math.min(first, endNanos[i]);
            last = Math.max(last, endNanos[i]);
        }
        int indexBits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(size - 1));
        if (Long.numberOfLeadingZeros(last - first) <= indexBits) {
            throw new IllegalStateException("must fit 63 bits: spanNanos=" + (last - first) + " with events=" + size);
        }
        if (keys.length < size) {
            keys = new long[kind.length];
        }
        for (int i = 0; i < size; i++) {
            keys[i] = (endNanos[i] - first) << indexBits | i;
        }
        sort(indexBits, Long.SIZE - Long.numberOfLeadingZeros(last - first));
        int[] order = into.length < size ? new int[kind.length] : into;
        int mask = (1 << indexBits) - 1;
        for (int i = 0; i < size; i++) {
            order[i] = (int) keys[i] & mask;
        }
        return order;
    }

    /**
     * Sorts the keys, whose indices go up from the start: digit by digit from the lowest of the time's, which keeps the order of
     * equals (radix sort). Few keys, or few for their span, are left to comparisons.
     */
    private void sort(int indexBits, int timeBits) {
        int digits = (timeBits + DIGIT_BITS - 1) / DIGIT_BITS;
        if (size < DIGITS / 2 || digits > 4) {
            Arrays.sort(keys, 0, size);
            return;
        }
        if (sorted.length < keys.length) {
            sorted = new long[keys.length];
        }
        for (int digit = 0; digit < digits; digit++) {
            int shift = indexBits + digit * DIGIT_BITS;
            Arrays.fill(places, 0);
            for (int i = 0; i < size; i++) {
                places[(int) (keys[i] >>> shift) & DIGITS - 1]++;
            }
            int place = 0;
            for (int value = 0; value < DIGITS; value++) {
                int count = places[value];
                places[value] = place;
                place += count;
            }
            for (int i = 0; i < size; i++) {
                sorted[places[(int) (keys[i] >>> shift) & DIGITS - 1]++] = keys[i];
            }
            long[] swap = keys;
            keys = sorted;
            sorted = swap;
        }
    }

    private int next(EventKind kind, int card, long endNanos, long durationNanos) {
        if (size == this.kind.length) {
            grow();
        }
        int i = size++;
        this.kind[i] = (byte) kind.ordinal();
        this.card[i] = card;
        this.endNanos[i] = endNanos;
        this.durationNanos[i] = durationNanos;
        return i;
    }

    private void allocate(int capacity) {
        kind = new byte[capacity];
        op = new byte[capacity];
        fabric = new byte[capacity];
        card = new int[capacity];
        step = new int[capacity];
        microbatch = new int[capacity];
        stage = new int[capacity];
        group = new int[capacity];
        groupSize = new int[capacity];
        peer = new int[capacity];
        endNanos = new long[capacity];
        durationNanos = new long[capacity];
        waitNanos = new long[capacity];
        tokens = new long[capacity];
        megaflops = new long[capacity];
        sent = new long[capacity];
        received = new long[capacity];
    }

    private void grow() {
        int capacity = Math.addExact(kind.length, kind.length >> 1);
        kind = Arrays.copyOf(kind, capacity);
        op = Arrays.copyOf(op, capacity);
        fabric = Arrays.copyOf(fabric, capacity);
        card = Arrays.copyOf(card, capacity);
        step = Arrays.copyOf(step, capacity);
        microbatch = Arrays.copyOf(microbatch, capacity);
        stage = Arrays.copyOf(stage, capacity);
        group = Arrays.copyOf(group, capacity);
        groupSize = Arrays.copyOf(groupSize, capacity);
        peer = Arrays.copyOf(peer, capacity);
        endNanos = Arrays.copyOf(endNanos, capacity);
        durationNanos = Arrays.copyOf(durationNanos, capacity);
        waitNanos = Arrays.copyOf(waitNanos, capacity);
        tokens = Arrays.copyOf(tokens, capacity);
        megaflops = Arrays.copyOf(megaflops, capacity);
        sent = Arrays.copyOf(sent, capacity);
        received = Arrays.copyOf(received, capacity);
    }
}
