package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a replay ends, well or not. */
@Timeout(20)
class EndingTest {
    private final VirtualClock clock = new VirtualClock();
    private final RecordingSink sink = new RecordingSink(clock);

    /** One event of card 0 every 10 ms, for ever; a second to a stretch. */
    private static final class Endless implements EventSource {
        final AtomicInteger stretches = new AtomicInteger();

        @Override
        public boolean next(EventBatch batch) {
            batch.clear();
            long from = stretches.getAndIncrement() * SECOND;
            for (int i = 0; i < 100; i++) {
                batch.addStep(0, 0, from + i * 10 * MILLI, 0, 0, 1, 1);
            }
            return true;
        }

        @Override
        public long throughNanos() {
            return stretches.get() * SECOND;
        }
    }

    @Test
    void stopEndsWithinATickAndEverythingThatWasSentIsFlushed() {
        ReplayEngine engine = new ReplayEngine(ReplayOptions.of(1).build(), new Endless(), sink, clock);
        clock.whenAsleep(elapsed -> {
            if (elapsed >= 1_500 * MILLI) {
                engine.stop();
            }
        });
        ReplayReport report = engine.run();
        assertThat(report.end()).isEqualTo(ReplayReport.End.STOPPED);
        assertThat(clock.elapsed()).isEqualTo(1_500 * MILLI);
        // stopped at the moment at which the tick to 1500 ms was due: the 149 before it had left
        assertThat(report.sentEvents()).isEqualTo(149);
        assertThat(report.eventNanos()).isEqualTo(1_490 * MILLI);
        assertThat(sink.frames()).hasSize(149);
        assertThat(report.digest()).isEqualTo(digestOfFrames());
        assertThat(sink.all.subList(sink.all.size() - 4, sink.all.size()))
                .allSatisfy(h -> assertThat(h.header().throughNanos()).isEqualTo(61 * SECOND));
        assertThat(sink.flushedAt).isEqualTo(sink.all.size());
        assertThat(prefetchThreads()).isZero();
    }

    @Test
    void stopFromAnotherThreadEndsItInTheMiddleOfQuietTime() throws Exception {
        EventBatch events = new EventBatch();
        events.addStep(0, 0, 0, 0, 0, 1, 1);
        events.addStep(0, 0, 3_600 * SECOND, 0, 0, 1, 1);
        ReplayOptions options = ReplayOptions.of(1).build();
        ReplayEngine engine =
                new ReplayEngine(options, new ListSource(events, 7_200 * SECOND), sink, ReplayClock.system());
        AtomicReference<ReplayReport> report = new AtomicReference<>();
        Thread thread = new Thread(() -> report.set(engine.run()));
        thread.start();
        while (engine.progress().sentEvents() == 0) {
            Thread.onSpinWait();
        }
        engine.stop();
        thread.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(report.get().end()).isEqualTo(ReplayReport.End.STOPPED);
        assertThat(report.get().sentEvents()).isEqualTo(1);
        assertThat(engine.progress().ended()).isTrue();
    }

    @Test
    void anInterruptStopsAndIsPassedOn() throws Exception {
        AtomicReference<ReplayReport> report = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        CountDownLatch sent = new CountDownLatch(1);
        sink.with(frame -> sent.countDown());
        Thread thread = new Thread(() -> {
            report.set(new ReplayEngine(ReplayOptions.of(1).build(), new Endless(), sink, ReplayClock.system()).run());
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        thread.start();
        sent.await();
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(report.get().end()).isEqualTo(ReplayReport.End.STOPPED);
        assertThat(interrupted.get()).isTrue();
        assertThat(sink.flushedAt).isEqualTo(sink.all.size());
    }

    @Test
    void stopBeforeTheStartSendsNoEvent() {
        ReplayEngine engine = new ReplayEngine(ReplayOptions.of(1).build(), new Endless(), sink, clock);
        engine.stop();
        assertThat(engine.run().sentEvents()).isZero();
        assertThat(sink.frames()).isEmpty();
        assertThatThrownBy(engine::run).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theWallLimitEndsItOnTheNanosecond() {
        ReplayReport report = new ReplayEngine(
                        ReplayOptions.of(1).wallLimitNanos(2_345_678_901L).build(), new Endless(), sink, clock)
                .run();
        assertThat(report.end()).isEqualTo(ReplayReport.End.WALL_LIMIT);
        assertThat(report.sentEvents()).isEqualTo(234);
        assertThat(clock.elapsed()).isEqualTo(2_345_678_901L);
    }

    @Test
    void theWallLimitHoldsAtMaxToo() {
        sink.with(frame -> clock.pass(MILLI));
        ReplayReport report = new ReplayEngine(
                        ReplayOptions.of(1)
                                .speed(Speed.MAX)
                                .wallLimitNanos(SECOND)
                                .build(),
                        new Endless(),
                        sink,
                        clock)
                .run();
        assertThat(report.end()).isEqualTo(ReplayReport.End.WALL_LIMIT);
        assertThat(report.frames()).isEqualTo(1_000); // one for every 250 ms of events, each a millisecond
    }

    @Test
    void aSendThatFailsEndsTheRunAndThePrefetch() {
        Endless source = new Endless();
        SendFailedException failure = new SendFailedException("topic gone", new IllegalStateException("gone"));
        sink.with(frame -> {
            if (frame == 7) {
                throw failure;
            }
        });
        ReplayEngine engine = new ReplayEngine(ReplayOptions.of(1).build(), source, sink, clock);
        assertThatThrownBy(engine::run).isSameAs(failure);
        assertThat(sink.frames()).hasSize(7);
        assertThat(prefetchThreads()).isZero();
        assertThat(engine.progress().ended()).isTrue();
    }

    @Test
    void aSourceThatFailsIsToldWithItsCauseAfterEverythingBeforeIt() {
        Endless good = new Endless();
        IllegalStateException cause = new IllegalStateException("no step 3");
        EventSource failing = new EventSource() {
            @Override
            public boolean next(EventBatch batch) {
                if (good.stretches.get() == 3) {
                    throw cause;
                }
                return good.next(batch);
            }

            @Override
            public long throughNanos() {
                return good.throughNanos();
            }
        };
        ReplayEngine engine = new ReplayEngine(ReplayOptions.of(1).build(), failing, sink, clock);
        assertThatThrownBy(engine::run)
                .isInstanceOf(SourceFailedException.class)
                .hasMessage("no step 3")
                .hasCause(cause);
        assertThat(sink.frames()).hasSize(300);
        assertThat(prefetchThreads()).isZero();
    }

    @Test
    void thePrefetchIsOneStretchAheadAndNoMore() {
        Endless source = new Endless();
        AtomicInteger most = new AtomicInteger();
        sink.with(frame -> most.accumulateAndGet(source.stretches.get() - frame / 100, Math::max));
        new ReplayEngine(ReplayOptions.of(1).durationNanos(20 * SECOND).build(), source, sink, clock).run();
        // the one in play, the one that is ready, and the one that waits to be put there
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void progressTellsTheLagWhileASendBlocks() {
        AtomicReference<ReplayProgress> seen = new AtomicReference<>();
        ReplayEngine engine =
                new ReplayEngine(ReplayOptions.of(1).durationNanos(SECOND).build(), new Endless(), sink, clock);
        sink.with(frame -> {
            if (frame == 49) { // due at 500 ms
                clock.pass(200 * MILLI);
                seen.set(engine.progress());
            }
        });
        assertThat(engine.progress()).isEqualTo(ReplayProgress.before(Speed.REAL_TIME));
        engine.run();
        assertThat(seen.get().eventNanos()).isEqualTo(490 * MILLI);
        assertThat(seen.get().wallNanos()).isEqualTo(700 * MILLI);
        assertThat(seen.get().lagNanos()).isEqualTo(200 * MILLI);
        assertThat(seen.get().sentEvents()).isEqualTo(49);
        assertThat(engine.progress().sentEvents()).isEqualTo(100);
        assertThat(engine.progress().ended()).isTrue();
    }

    @Test
    void theHotPathAllocatesPerFrameNotPerEvent() {
        // 8 cards of one node, 2 million events in 2 s: what is allocated is frames (bytes), stretches and ticks
        EventSource source = new EventSource() {
            private int stretches;

            @Override
            public boolean next(EventBatch batch) {
                batch.clear();
                if (stretches == 200) {
                    return false;
                }
                for (int i = 0; i < 10_000; i++) {
                    batch.addStep(i % 8, 1, stretches * 10 * MILLI + i * 1_000L, 5, 1, 1, 1);
                }
                stretches++;
                return true;
            }

            @Override
            public long throughNanos() {
                return stretches * 10 * MILLI;
            }
        };
        FrameSink nowhere = new FrameSink() {
            @Override
            public void send(
                    io.supernode.event.EventKind kind, io.supernode.schemas.FrameHeader header, byte[] frame) {}

            @Override
            public void heartbeat(
                    io.supernode.event.EventKind kind, io.supernode.schemas.FrameHeader header, byte[] frame) {}

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        ReplayReport report = new ReplayEngine(ReplayOptions.of(1).build(), source, nowhere, clock).run();
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(report.sentEvents()).isEqualTo(2_000_000);
        // the frames themselves, and 1 MB for everything else: less than half a byte an event
        assertThat(allocated - report.bytes()).isLessThan(1 << 20);
    }

    private String digestOfFrames() {
        EventBatch all = new EventBatch();
        for (RecordingSink.Sent frame : sink.frames()) {
            EventBatch events = frame.events();
            for (int i = 0; i < events.size(); i++) {
                all.addFrom(events, i, 0);
            }
        }
        return Events.digest(all);
    }

    private static long prefetchThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("replay-prefetch") && t.isAlive())
                .count();
    }
}
