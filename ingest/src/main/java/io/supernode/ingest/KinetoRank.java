package io.supernode.ingest;

import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One rank of a Kineto recording. The file is read twice, because what its times are counted from, and what its steps
 * are, may stand behind the kernels.
 */
final class KinetoRank {
    /** In 2001: a time before that does not count from 1970. */
    private static final long CALENDAR_NANOS = 1_000_000_000_000_000_000L;

    private static final String STEP_PREFIX = "ProfilerStep#";
    private static final Set<String> OF_ANNOTATIONS = Set.of("Input Dims", "Input type");
    private static final String COLLECTIVE = "Collective name";
    private static final String IN_ELEMENTS = "In msg nelems";
    private static final String OUT_ELEMENTS = "Out msg nelems";
    private static final String TYPE = "dtype";
    private static final String GROUP_SIZE = "Group size";
    private static final String TO_RANK = "Dst Rank";
    private static final String FROM_RANK = "Src Rank";
    private static final Set<String> OF_KERNELS = Set.of(
            COLLECTIVE,
            IN_ELEMENTS,
            OUT_ELEMENTS,
            TYPE,
            GROUP_SIZE,
            TO_RANK,
            FROM_RANK,
            "Process Group Name",
            "Process Group Ranks",
            "Global rank start",
            "Global rank stride");

    private final Recording recording;
    private final Path file;
    private final ImportOptions options;
    private final KinetoGroups groups;
    private final KinetoTally tally;
    private final ProfiledSteps steps = new ProfiledSteps();
    private final AnnotatedSizes annotated = new AnnotatedSizes();
    private final EventBatch one = new EventBatch(16);
    private long kernels;
    private long firstKernelNanos;
    private boolean sizesOnKernels;
    private int worldSize;
    private int card;

    KinetoRank(Recording recording, Path file, ImportOptions options, KinetoGroups groups, KinetoTally tally) {
        this.recording = recording;
        this.file = file;
        this.options = options;
        this.groups = groups;
        this.tally = tally;
    }

    /** Adds what the rank did: collectives to be matched with those of others, all else to the events. */
    void read(RankMap ranks, int place, EventAssembly events, EventSorter collectives) throws IOException {
        KinetoFile outer = new KinetoFile(file, recording.open(file));
        boolean isWhole = recording.asFarAsGood(() -> outer.read(OF_ANNOTATIONS, this::look));
        if (!isWhole && recording.isFolder() && outer.baseNanos() == 0 && firstKernelNanos < CALENDAR_NANOS) {
            tally.ranksWithoutClock++;
            return; // what its times are counted from was lost: they cannot be put beside those of others
        }
        if (kernels == 0) {
            tally.ranksWithoutWork++;
            return;
        }
        card = ranks.seat(file, outer.rank(), place);
        worldSize = outer.worldSize();
        steps.close();
        annotated.close();
        try (EventSorter work = new EventSorter(EventOrder.START)) {
            // read again, from what is now known
            KinetoFile again = new KinetoFile(file, recording.open(file));
            recording.asFarAsGood(() -> again.read(OF_KERNELS, event -> take(event, work)));
            boolean believed = checkSizes(work);
            hand(work, believed, outer.baseNanos(), events, collectives);
        }
        for (ProfiledSteps.Step step : steps.steps()) {
            EventBatch event = events.adding();
            long start = outer.baseNanos() + step.start;
            event.addStep(card, step.number, start, step.end - step.start, step.idleNanos(), 0, 0);
            events.added(() -> tooLong("ProfilerStep#" + step.number));
        }
    }

    private void look(ChromeEvent event) throws IOException {
        if (!event.phase().equals("X")) {
            return;
        }
        switch (event.category().toLowerCase(Locale.ROOT)) {
            case "kernel" -> {
                firstKernelNanos = kernels == 0 ? event.startNanos() : firstKernelNanos;
                kernels++;
            }
            case "gpu_memcpy" -> tally.copies++;
            case "gpu_memset" -> tally.fills++;
            case "user_annotation" -> {
                if (event.name().startsWith(STEP_PREFIX)) {
                    step(event);
                } else if (AnnotatedSizes.isOne(event.name())) {
                    annotated.add(event.startNanos(), event.name(), event.inputBytes());
                }
            }
            default -> {
                // the host's side
            }
        }
    }

    private void step(ChromeEvent event) throws InputException {
        String number = event.name().substring(STEP_PREFIX.length()).strip();
        int parsed = -1;
        try {
            parsed = Integer.parseInt(number);
        } catch (NumberFormatException e) {
            // said below
        }
        if (parsed < 0) {
            throw event.wrong("is not the number of a step: " + InputException.shown(event.name()));
        }
        long start = event.startNanos();
        if (!steps.add(parsed, start, start + event.durationNanos())) {
            throw event.wrong("is one step too many");
        }
    }

    private void take(ChromeEvent event, EventSorter work) throws IOException {
        if (!event.phase().equals("X") || !event.category().equalsIgnoreCase("kernel")) {
            return;
        }
        tally.kernelsWithoutLength += event.hasDuration() ? 0 : 1;
        one.clear();
        if (!options.busKernels().matcher(event.name()).find()) {
            one.addCompute(card, ComputeOp.OTHER, event.startNanos(), event.durationNanos(), 0, 0, 0, -1, -1, -1);
        } else {
            takeBus(event);
        }
        work.add(one, 0);
    }

    private void takeBus(ChromeEvent event) throws InputException {
        String collective = event.argument(COLLECTIVE);
        BusOp op = BusOps.of(collective.isEmpty() ? event.name() : collective);
        long in = bytes(event, IN_ELEMENTS);
        long out = bytes(event, OUT_ELEMENTS);
        sizesOnKernels |= in >= 0 || out >= 0;
        String toOrFrom = event.argument(op == BusOp.SEND ? TO_RANK : FROM_RANK);
        boolean named = !event.argument("Process Group Name").isEmpty()
                || !event.argument(GROUP_SIZE).isEmpty();
        one.addBus(
                card,
                op,
                Fabric.UNKNOWN,
                groups.number(event),
                BusOps.isBetweenTwo(op) ? 2 : named ? groupSize(event) : worldSize,
                BusOps.isBetweenTwo(op) && !toOrFrom.isEmpty()
                        ? event.index(op == BusOp.SEND ? TO_RANK : FROM_RANK)
                        : -1,
                event.startNanos(),
                event.durationNanos(),
                0,
                op == BusOp.RECEIVE && out >= 0 ? 0 : in,
                op == BusOp.SEND && in >= 0 ? 0 : out,
                -1,
                -1,
                -1);
    }

    private static int groupSize(ChromeEvent event) throws InputException {
        return event.argument(GROUP_SIZE).isEmpty() ? 0 : Math.max(0, event.index(GROUP_SIZE));
    }

    /** -1 where it is not told. */
    private static long bytes(ChromeEvent event, String key) throws InputException {
        String elements = event.argument(key);
        int size = ElementTypes.bytes(event.argument(TYPE));
        if (elements.isEmpty() || size < 0) {
            return BusEvent.UNKNOWN_BYTES;
        }
        try {
            return Math.max(BusEvent.UNKNOWN_BYTES, Math.multiplyExact(Long.parseLong(elements), size));
        } catch (NumberFormatException | ArithmeticException e) {
            throw event.wrong("is not a number of elements: " + key + "=" + InputException.shown(elements));
        }
    }

    /** Whether annotations and kernels are one to one. */
    private boolean checkSizes(EventSorter work) throws IOException {
        if (sizesOnKernels) {
            return false;
        }
        try (EventSorter.Sorted sorted = work.sorted()) {
            while (sorted.advance()) {
                if (sorted.events().kind(sorted.index()) == EventKind.BUS) {
                    annotated.check(sorted.events().busOp(sorted.index()));
                }
            }
        }
        return annotated.isBelieved();
    }

    private void hand(
            EventSorter work, boolean sizesAnnotated, long baseNanos, EventAssembly events, EventSorter collectives)
            throws IOException {
        Map<Integer, Integer> numbers = new HashMap<>();
        try (EventSorter.Sorted sorted = work.sorted()) {
            while (sorted.advance()) {
                EventBatch w = sorted.events();
                int i = sorted.index();
                int step = steps.work(w.startNanos(i), w.endNanos(i));
                long start = baseNanos + w.startNanos(i);
                EventBatch event = events.adding();
                if (w.kind(i) == EventKind.COMPUTE) {
                    event.addCompute(card, w.computeOp(i), start, w.durationNanos(i), 0, 0, 0, step, -1, -1);
                    events.added(() -> tooLong("kernel"));
                    continue;
                }
                BusOp op = w.busOp(i);
                long sent = w.sentBytes(i);
                long received = w.receivedBytes(i);
                if (sizesAnnotated) {
                    annotated.next();
                    op = annotated.op();
                    sent = received = annotated.bytes();
                    tally.sizesFromAnnotations += sent < 0 ? 0 : 1;
                }
                tally.sizesUnknown += sent < 0 && received < 0 ? 1 : 0;
                boolean two = BusOps.isBetweenTwo(op);
                int number = two ? -1 : numbers.merge(w.group(i), 1, Integer::sum) - 1;
                int size = two ? 2 : w.groupSize(i);
                event.addBus(
                        card,
                        op,
                        w.fabric(i),
                        w.group(i),
                        size,
                        w.peer(i),
                        start,
                        w.durationNanos(i),
                        0,
                        sent,
                        received,
                        step,
                        number,
                        -1);
                if (two) {
                    events.added(() -> tooLong("kernel"));
                } else {
                    collectives.add(event, 0);
                }
            }
        }
    }

    private InputException tooLong(String what) {
        return InputException.of(file, "must fit 64 bits of nanoseconds since 1970: times of " + what);
    }
}
