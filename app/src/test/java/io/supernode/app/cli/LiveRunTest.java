package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.FaultEvent;
import io.supernode.exporter.Disturbed;
import io.supernode.exporter.InjectableKind;
import io.supernode.exporter.Injection;
import io.supernode.replay.FrameSink;
import io.supernode.replay.Playback;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import io.supernode.replay.Speed;
import io.supernode.scenario.Scenario;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A training run that is disturbed while it is played, from the page's calls to the frames. */
@Timeout(60)
class LiveRunTest {
    private static final long SECOND = 1_000_000_000L;
    /** A training job of 16 cards. */
    private static final Map<String, String> JOB = Map.ofEntries(
            Map.entry("workload", "small"),
            Map.entry("model.layers", "4"),
            Map.entry("model.hidden", "4096"),
            Map.entry("model.heads", "32"),
            Map.entry("model.feedForward", "14336"),
            Map.entry("model.vocabulary", "32000"),
            Map.entry("machine.cards", "16"),
            Map.entry("layout.tp", "4"),
            Map.entry("layout.pp", "2"),
            Map.entry("layout.dp", "2"),
            Map.entry("layout.microbatch", "8"),
            Map.entry("layout.globalBatchTokens", "1048576"));

    private final List<String> said = new ArrayList<>();
    private final List<FaultEvent> truth = new ArrayList<>();

    /** Does something with the controls when a frame has come that far in event time. */
    private record Deed(long nanos, Consumer<ReplayControls> what) {}

    private ReplayReport play(String disturbance, Playback playback, long seconds, Deed... deeds) {
        Map<String, String> settings = new LinkedHashMap<>(JOB);
        if (disturbance != null) {
            settings.put("disturbance.d", disturbance);
        }
        Subject subject = new Subject(Scenario.of("small", settings), Optional.empty());
        List<Deed> todo = new ArrayList<>(List.of(deeds));
        ReplayControls[] controls = new ReplayControls[1];
        FrameSink sink = new FrameSink() {
            @Override
            public void send(EventKind kind, FrameHeader header, byte[] frame) {
                if (kind == EventKind.FAULT) {
                    keep(frame);
                }
                if (!todo.isEmpty() && header.baseNanos() >= todo.get(0).nanos()) {
                    todo.remove(0).what().accept(controls[0]);
                }
            }

            @Override
            public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {}

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        LiveRun run = subject.run();
        ReplayOptions options = ReplayOptions.of(1)
                .playback(playback)
                .speed(Speed.MAX)
                .durationNanos(seconds * SECOND)
                .build();
        ReplayEngine engine = new ReplayEngine(options, run, sink, ReplayClock.system());
        controls[0] = new ReplayControls(List.of(new ReplayControls.Played(engine, run)), 0, true, said::add);
        return engine.run();
    }

    private void keep(byte[] frame) {
        EventBatch events = new EventBatch();
        try {
            new FrameReader(EventKind.FAULT).read(frame, events);
        } catch (UnreadableException e) {
            throw new AssertionError(e);
        }
        for (int i = 0; i < events.size(); i++) {
            truth.add(events.faultEvent(i));
        }
    }

    private static Injection slow(int card, double seconds) {
        return new Injection("slow_card", card, -1, -1, -1, 2, seconds);
    }

    @Test
    void whatIsInjectedIsWhatTheSettingThatIsSaidSchedules() {
        ReplayReport live = play(null, Playback.WHOLE, 60, new Deed(20 * SECOND, c -> c.inject(slow(5, 12.5))));
        assertThat(said)
                .singleElement()
                .asString()
                .matches("injected, and repeated by: --set disturbance.live0='slow_card card=5 cards=1 from=2[0-9.]+s"
                        + " until=3[0-9.]+s magnitude=2'");
        List<FaultEvent> told = List.copyOf(truth);
        truth.clear();

        String setting = said.get(0).replaceAll(".*'(.*)'", "$1");
        ReplayReport scheduled = play(setting, Playback.WHOLE, 60);
        assertThat(live.digest()).isEqualTo(scheduled.digest());
        assertThat(live.sent()).isEqualTo(scheduled.sent());
        assertThat(truth).isEqualTo(told);
        assertThat(told).extracting(FaultEvent::active).containsExactly(true, false);
        assertThat(live.digest()).isNotEqualTo(play(null, Playback.WHOLE, 60).digest());
    }

    @Test
    void undoneItEndsThereAndTheRestIsCalm() {
        play(
                null,
                Playback.WHOLE,
                60,
                new Deed(
                        20 * SECOND,
                        c -> assertThat(c.inject(slow(5, Double.POSITIVE_INFINITY)))
                                .isZero()),
                new Deed(25 * SECOND, c -> {
                    assertThat(c.disturbed()).singleElement().satisfies(d -> {
                        assertThat(d.what()).isEqualTo("slow card 5, magnitude 2");
                        assertThat(d.active()).isTrue();
                        assertThat(d.untilSeconds()).isInfinite();
                    });
                    c.clear(0);
                }),
                new Deed(
                        40 * SECOND,
                        c -> assertThat(c.disturbed())
                                .extracting(Disturbed::active)
                                .containsExactly(false)));
        assertThat(truth).hasSize(2);
        assertThat(truth.get(1).endNanos()).isBetween(25 * SECOND, 26 * SECOND);
        assertThat(truth.get(1).durationNanos())
                .isEqualTo(truth.get(1).endNanos() - truth.get(0).endNanos());
    }

    @Test
    void allAreUndoneAtOnceAlsoThoseByScheduleAndThoseToCome() {
        play(
                "slow_card card=3 from=5s",
                Playback.WHOLE,
                60,
                new Deed(10 * SECOND, c -> c.inject(slow(5, 30))),
                new Deed(15 * SECOND, ReplayControls::clearAll));
        assertThat(truth).extracting(FaultEvent::fault).containsExactly(0L, 1L, 0L, 1L);
        assertThat(truth.get(3).endNanos()).isBetween(15 * SECOND, 16 * SECOND);
    }

    @Test
    void aSeekTellsWhatItLeavesBehindAndWhatItComesInto() {
        play(
                "slow_card card=3 from=5s until=30s",
                Playback.WHOLE,
                60,
                new Deed(10 * SECOND, c -> c.seek(40 * SECOND)), // past its end
                new Deed(20 * SECOND, c -> c.seek(20 * SECOND))); // and back into its midst
        assertThat(truth).extracting(FaultEvent::active).containsExactly(true, false, true, false);
        assertThat(truth.get(1).endNanos()).isBetween(10 * SECOND, 12 * SECOND);
        assertThat(truth.get(2).endNanos()).isBetween(20 * SECOND, 22 * SECOND);
        assertThat(truth.get(3).endNanos() - truth.get(2).endNanos()).isEqualTo(10 * SECOND);
    }

    @Test
    void aLoopTellsEachTimeAnew() {
        play("slow_card card=3 from=5s", Playback.WHOLE.until(10 * SECOND).looping(), 30);
        assertThat(truth).extracting(FaultEvent::active).containsExactly(true, false, true, false, true);
    }

    @Test
    void whatCannotBeIsRefusedWithWhatWouldBeAccepted() {
        play(null, Playback.WHOLE, 5, new Deed(SECOND, c -> {
            assertThat(c.injectable()).extracting(InjectableKind::kind).contains("slow_card", "stage_imbalance");
            assertThatThrownBy(() -> c.inject(slow(16, 5))).hasMessage("must be 0 to 15: card=16");
            assertThatThrownBy(() -> c.inject(new Injection("gremlins", -1, -1, -1, -1, Double.NaN, 1)))
                    .hasMessageStartingWith("must be one of slow_card, ");
            assertThatThrownBy(() -> c.inject(new Injection("slow_card", 1, -1, -1, -1, 0.5, 1)))
                    .hasMessage("must be 1 to 100 (factor on computing): magnitude=0.5");
            assertThatThrownBy(() -> c.clear(7)).hasMessage("unknown disturbance: fault=7");
        }));
        assertThat(truth).isEmpty();
    }

    @Test
    void anEndedReplayCannotBeDisturbed() {
        ReplayControls[] kept = new ReplayControls[1];
        play(null, Playback.WHOLE, 5, new Deed(SECOND, c -> kept[0] = c));
        assertThatThrownBy(() -> kept[0].inject(slow(1, 5)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the replay has ended");
    }
}
