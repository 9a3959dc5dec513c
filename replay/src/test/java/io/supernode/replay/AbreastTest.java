package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AbreastTest {
    private static final long SLACK = 250;

    private record Sent(int replay, long throughNanos) {}

    private final List<Sent> sent = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(2);

    private FrameSink into(int replay) {
        return new FrameSink() {
            @Override
            public void send(EventKind kind, FrameHeader header, byte[] frame) {
                sent.add(new Sent(replay, header.throughNanos()));
            }

            @Override
            public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {
                send(kind, header, frame);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {
                closed.countDown();
            }
        };
    }

    private static FrameHeader through(long nanos) {
        return new FrameHeader(1, 0, 0, 0, 0, 0, 0, nanos);
    }

    private static Thread replay(FrameSink sink, long[] throughs) {
        Thread thread = new Thread(() -> {
            for (long each : throughs) {
                sink.send(EventKind.BUS, through(each), new byte[0]);
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
            Abreast abreast = new Abreast(2, SLACK);
            Random random = new Random(seed);
            long[] fine = random.longs(300, 0, 100).toArray();
            long[] coarse = random.longs(40, 0, 2_000).toArray();
            for (long[] each : List.of(fine, coarse)) {
                java.util.Arrays.parallelPrefix(each, Long::sum);
            }
            Thread one = replay(abreast.sink(0, into(0)), fine);
            Thread other = replay(abreast.sink(1, into(1)), coarse);
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
        Abreast abreast = new Abreast(2, SLACK);
        FrameSink other = abreast.sink(1, into(1));
        Thread one = replay(abreast.sink(0, into(0)), new long[] {0, 10_000});
        TimeUnit.MILLISECONDS.sleep(50);
        assertThat(sent).isEmpty();
        other.send(EventKind.BUS, through(0), new byte[0]);
        while (sent.size() < 2) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        TimeUnit.MILLISECONDS.sleep(50);
        assertThat(sent).as("the second frame is held").hasSize(2);
        other.close();
        one.join();
        assertThat(sent).hasSize(3);
        assertThat(closed.await(1, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void oneAloneHasNobodyToWaitFor() {
        assertThatThrownBy(() -> new Abreast(1, SLACK)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Abreast(2, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
