package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AbreastTest {
    private static final long SLACK = 250;

    /** The replay is told by the node of its frames. */
    private record Sent(int replay, long throughNanos) {}

    private final List<Sent> sent = Collections.synchronizedList(new ArrayList<>());

    private final FrameSink shared = new FrameSink() {
        @Override
        public void send(EventKind kind, FrameHeader header, byte[] frame) {
            assertThat(Thread.holdsLock(this)).as("one frame at a time").isTrue();
            sent.add(new Sent(header.node(), header.throughNanos()));
        }

        @Override
        public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {
            send(kind, header, frame);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            throw new AssertionError("is its owner's to close");
        }
    };

    private static FrameHeader through(int replay, long nanos) {
        return new FrameHeader(1, replay, replay, 0, 0, 0, 0, nanos);
    }

    private static Thread replay(Abreast abreast, int replay, long[] throughs) {
        FrameSink sink = abreast.sink(replay);
        Thread thread = new Thread(() -> {
            for (long each : throughs) {
                sink.send(EventKind.BUS, through(replay, each), new byte[0]);
            }
            sink.close();
        });
        thread.start();
        return thread;
    }

    /** Steps of any length, one replay much coarser than the other: neither waits for ever. */
    @Test
    void nobodyIsFurtherAheadThanTheSlackAndNobodyWaitsForEver() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            sent.clear();
            Abreast abreast = new Abreast(shared, 2, SLACK);
            Random random = new Random(seed);
            long[] fine = random.longs(300, 0, 100).toArray();
            long[] coarse = random.longs(40, 0, 2_000).toArray();
            for (long[] each : List.of(fine, coarse)) {
                java.util.Arrays.parallelPrefix(each, Long::sum);
            }
            Thread one = replay(abreast, 0, fine);
            Thread other = replay(abreast, 1, coarse);
            one.join();
            other.join();

            assertThat(sent).hasSize(340);
            long[] last = {Long.MIN_VALUE, Long.MIN_VALUE};
            long foremost = Long.MIN_VALUE;
            long end = Math.min(fine[299], coarse[39]);
            for (Sent each : sent) {
                last[each.replay()] = each.throughNanos();
                foremost = Math.max(foremost, Math.min(each.throughNanos(), end));
                // it may have been about to be sent while the other went: so much, and no more, is it behind
                assertThat(each.throughNanos()).as("seed %d", seed).isGreaterThanOrEqualTo(foremost - SLACK);
            }
            assertThat(last).containsExactly(fine[299], coarse[39]);
        }
    }

    @Test
    void theFirstWaitsUntilTheOtherHasBegunOrEnded() throws Exception {
        Abreast abreast = new Abreast(shared, 2, SLACK);
        FrameSink other = abreast.sink(1);
        Thread one = replay(abreast, 0, new long[] {0, 10_000});
        TimeUnit.MILLISECONDS.sleep(50);
        assertThat(sent).isEmpty();
        other.send(EventKind.BUS, through(1, 0), new byte[0]);
        while (sent.size() < 2) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        TimeUnit.MILLISECONDS.sleep(50);
        assertThat(sent).as("the second frame is held").hasSize(2);
        other.close();
        one.join();
        assertThat(sent).hasSize(3);
    }

    @Test
    void oneAloneHasNobodyToWaitFor() {
        assertThatThrownBy(() -> new Abreast(shared, 1, SLACK)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Abreast(shared, 2, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
