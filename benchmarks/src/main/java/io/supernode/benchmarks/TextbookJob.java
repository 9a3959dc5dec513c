package io.supernode.benchmarks;

import io.supernode.analytics.RawFrame;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * The job as a textbook has it: what an event adds to its card, node, rack and supernode, and to its operation or plane,
 * are records of their own, keyed, and Flink's own tumbling windows sum them up. Windows of throughput only: it does less than the real job, which
 * has the distributions of latency too. Written from the definitions, with nothing of the real job's in it.
 */
final class TextbookJob {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long MILLI_NANOS = 1_000_000;
    /** Time that lies further back counts here, in seconds before the event's end. */
    private static final int SPREAD_SECONDS = 60;

    private static final int FIGURES = 23;
    private static final byte COMPUTE_EVENTS = 0;
    private static final byte BUS_EVENTS = 1;
    private static final byte STEP_EVENTS = 2;
    private static final byte REQUEST_EVENTS = 3;
    private static final byte COMPUTE_NANOS = 4;
    private static final byte TRANSIT_NANOS = 5;
    private static final byte WAIT_NANOS = 6;
    private static final byte TOKENS = 7;
    private static final byte MEGAFLOPS = 8;
    private static final byte HBM_BYTES = 9;
    private static final byte SENT_BYTES = 10;
    private static final byte RECEIVED_BYTES = 11;
    private static final byte UNKNOWN_SIZE_EVENTS = 12;
    private static final byte STEP_TOKENS = 13;
    private static final byte STEP_MEGAFLOPS = 14;
    private static final byte STEP_NANOS = 15;
    private static final byte INPUT_TOKENS = 16;
    private static final byte OUTPUT_TOKENS = 17;
    private static final byte SAMPLE_EVENTS = 18;
    private static final byte FAULT_EVENTS = 19;
    private static final byte ENERGY_MILLIJOULES = 20;
    private static final byte LINK_ERRORS = 21;
    private static final byte LINK_DOWN_NANOS = 22;

    private TextbookJob() {}

    /** What windows are of. */
    public record Entity(long run, long originEpochNanos, int supernode, int scope, int entity) {}

    /** What an event adds to an entity at a time: {@code amounts} to {@code figures}. */
    public record Share(Entity entity, long atNanos, byte[] figures, long[] amounts) {}

    static DataStream<ThroughputWindow> windows(DataStream<RawFrame> frames, int cardsPerNode, int nodesPerRack) {
        KeyedStream<Share, Entity> shares = frames.flatMap(new Shares(cardsPerNode, nodesPerRack))
                .returns(TypeInformation.of(Share.class))
                .uid("shares")
                .assignTimestampsAndWatermarks(
                        // an event tells of up to a minute before it ended
                        WatermarkStrategy.<Share>forBoundedOutOfOrderness(Duration.ofSeconds(SPREAD_SECONDS + 2))
                                .withTimestampAssigner(
                                        (share, recordTimestamp) -> Math.floorDiv(share.atNanos(), MILLI_NANOS)))
                .uid("time")
                .keyBy(Share::entity, TypeInformation.of(Entity.class));
        return windows(shares, 1).union(windows(shares, 10), windows(shares, 60));
    }

    private static DataStream<ThroughputWindow> windows(KeyedStream<Share, Entity> shares, int seconds) {
        return shares.window(TumblingEventTimeWindows.of(Duration.ofSeconds(seconds)))
                .aggregate(
                        new Sum(),
                        new Naming(),
                        PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO,
                        PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO,
                        TypeInformation.of(ThroughputWindow.class))
                .uid("windows-" + seconds);
    }

    /** Frames to shares. */
    private static final class Shares implements FlatMapFunction<RawFrame, Share> {
        private static final long serialVersionUID = 1L;

        private final int cardsPerNode;
        private final int nodesPerRack;
        private transient Map<EventKind, FrameReader> readers;
        private transient EventBatch events;

        Shares(int cardsPerNode, int nodesPerRack) {
            this.cardsPerNode = cardsPerNode;
            this.nodesPerRack = nodesPerRack;
        }

        @Override
        public void flatMap(RawFrame frame, Collector<Share> out) throws UnreadableException {
            if (readers == null) {
                readers = new EnumMap<>(EventKind.class);
                events = new EventBatch();
            }
            events.clear();
            EventKind kind = frame.topic().eventKind();
            FrameHeader header = readers.computeIfAbsent(kind, FrameReader::new).read(frame.bytes(), events);
            for (int i = 0; i < events.size(); i++) {
                // the truth of a disturbance is told of its node: it is no sign of life of the card
                if (events.kind(i) != EventKind.FAULT) {
                    event(header, i, Scope.CARD, events.card(i), out);
                }
                int node = events.card(i) / cardsPerNode;
                event(header, i, Scope.NODE, node, out);
                event(header, i, Scope.RACK, node / nodesPerRack, out);
                event(header, i, Scope.SUPERNODE, 0, out);
                switch (events.kind(i)) {
                    case BUS ->
                        event(header, i, Scope.OPERATION, events.busOp(i).ordinal(), out);
                    case SAMPLE -> planes(header, i, out);
                    case FAULT -> {
                        if (events.plane(i) >= 0) {
                            event(header, i, Scope.PLANE, events.plane(i), out);
                        }
                    }
                    case COMPUTE, STEP, REQUEST -> {}
                }
            }
        }

        /** A sample tells of the planes to which a link is down. */
        private void planes(FrameHeader header, int i, Collector<Share> out) {
            for (int plane = 0; plane < Integer.SIZE; plane++) {
                if ((events.planesDown(i) >>> plane & 1) == 1) {
                    Entity entity = entity(header, Scope.PLANE, plane);
                    add(out, entity, events.endNanos(i), bytes(SAMPLE_EVENTS, LINK_DOWN_NANOS), new long[] {
                        1, events.durationNanos(i)
                    });
                }
            }
        }

        private static Entity entity(FrameHeader header, Scope scope, int id) {
            return new Entity(header.run(), header.originEpochNanos(), header.supernode(), scope.ordinal(), id);
        }

        private void event(FrameHeader header, int i, Scope scope, int id, Collector<Share> out) {
            Entity entity = entity(header, scope, id);
            long start = events.startNanos(i);
            long end = events.endNanos(i);
            switch (events.kind(i)) {
                case COMPUTE -> {
                    add(out, entity, end, bytes(COMPUTE_EVENTS, TOKENS, MEGAFLOPS, HBM_BYTES), new long[] {
                        1, events.tokens(i), events.megaflops(i), events.hbmBytes(i)
                    });
                    spend(out, entity, COMPUTE_NANOS, start, end, end);
                }
                case BUS -> {
                    boolean known = events.sentBytes(i) >= 0;
                    add(
                            out,
                            entity,
                            end,
                            bytes(BUS_EVENTS, UNKNOWN_SIZE_EVENTS, SENT_BYTES, RECEIVED_BYTES),
                            new long[] {
                                1, known ? 0 : 1, known ? events.sentBytes(i) : 0, Math.max(0, events.receivedBytes(i))
                            });
                    spend(out, entity, WAIT_NANOS, start, start + events.waitNanos(i), end);
                    spend(out, entity, TRANSIT_NANOS, start + events.waitNanos(i), end, end);
                }
                case STEP ->
                    add(out, entity, end, bytes(STEP_EVENTS, STEP_TOKENS, STEP_MEGAFLOPS, STEP_NANOS), new long[] {
                        1, events.tokens(i), events.megaflops(i), events.durationNanos(i)
                    });
                case REQUEST ->
                    add(out, entity, end, bytes(REQUEST_EVENTS, INPUT_TOKENS, OUTPUT_TOKENS), new long[] {
                        1, events.inputTokens(i), events.outputTokens(i)
                    });
                case SAMPLE ->
                    add(
                            out,
                            entity,
                            end,
                            bytes(SAMPLE_EVENTS, ENERGY_MILLIJOULES, LINK_ERRORS, LINK_DOWN_NANOS),
                            new long[] {
                                1,
                                (long) ((double) events.powerMilliwatts(i) * events.durationNanos(i) / SECOND_NANOS),
                                events.linkErrors(i),
                                Integer.bitCount(events.planesDown(i)) * events.durationNanos(i)
                            });
                case FAULT -> add(out, entity, end, bytes(FAULT_EVENTS), new long[] {1});
            }
        }

        /** A share for every second in which time was spent; what is a minute older than the end counts there. */
        private static void spend(Collector<Share> out, Entity entity, byte figure, long from, long to, long end) {
            long oldest = (Math.floorDiv(end, SECOND_NANOS) - SPREAD_SECONDS) * SECOND_NANOS;
            for (long at = from; at < to; ) {
                long next = Math.max((Math.floorDiv(at, SECOND_NANOS) + 1) * SECOND_NANOS, oldest + SECOND_NANOS);
                add(out, entity, Math.max(at, oldest), bytes(figure), new long[] {Math.min(next, to) - at});
                at = next;
            }
        }

        private static void add(Collector<Share> out, Entity entity, long atNanos, byte[] figures, long[] amounts) {
            out.collect(new Share(entity, atNanos, figures, amounts));
        }

        private static byte[] bytes(byte... figures) {
            return figures;
        }
    }

    private static final class Sum implements AggregateFunction<Share, long[], long[]> {
        private static final long serialVersionUID = 1L;

        @Override
        public long[] createAccumulator() {
            return new long[FIGURES];
        }

        @Override
        public long[] add(Share share, long[] sums) {
            for (int i = 0; i < share.figures().length; i++) {
                sums[share.figures()[i]] += share.amounts()[i];
            }
            return sums;
        }

        @Override
        public long[] getResult(long[] sums) {
            return sums;
        }

        @Override
        public long[] merge(long[] a, long[] b) {
            for (int i = 0; i < FIGURES; i++) {
                a[i] += b[i];
            }
            return a;
        }
    }

    private static final class Naming extends ProcessWindowFunction<long[], ThroughputWindow, Entity, TimeWindow> {
        private static final long serialVersionUID = 1L;

        @Override
        public void process(Entity of, Context context, Iterable<long[]> result, Collector<ThroughputWindow> out) {
            long[] s = result.iterator().next();
            TimeWindow window = context.window();
            out.collect(new ThroughputWindow(
                    of.run(),
                    of.supernode(),
                    Scope.values()[of.scope()],
                    of.entity(),
                    of.originEpochNanos(),
                    window.getStart() * MILLI_NANOS,
                    (window.getEnd() - window.getStart()) * MILLI_NANOS,
                    0,
                    s[COMPUTE_EVENTS],
                    s[BUS_EVENTS],
                    s[STEP_EVENTS],
                    s[REQUEST_EVENTS],
                    0,
                    s[COMPUTE_NANOS],
                    s[TRANSIT_NANOS],
                    s[WAIT_NANOS],
                    s[TOKENS],
                    s[MEGAFLOPS],
                    s[HBM_BYTES],
                    s[SENT_BYTES],
                    s[RECEIVED_BYTES],
                    s[UNKNOWN_SIZE_EVENTS],
                    s[STEP_TOKENS],
                    s[STEP_MEGAFLOPS],
                    s[STEP_NANOS],
                    s[INPUT_TOKENS],
                    s[OUTPUT_TOKENS],
                    s[SAMPLE_EVENTS],
                    s[FAULT_EVENTS],
                    s[ENERGY_MILLIJOULES],
                    s[LINK_ERRORS],
                    s[LINK_DOWN_NANOS]));
        }
    }
}
