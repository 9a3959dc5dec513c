package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.LiveDisturbances;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.FaultEvent;
import io.supernode.scenario.Scenario;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A training run that is disturbed while it is played, to the frames. */
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

    private ReplayEngine engine;
    private LiveDisturbances live;
    private Disturbance injected;
    private final List<FaultEvent> truth = new ArrayList<>();

    /** Does something to the replay when a frame has come that far in event time. */
    private record Deed(long nanos, Runnable what) {}

    private ReplayReport play(String disturbance, Playback playback, long seconds, Deed... deeds) {
        Map<String, String> settings = new LinkedHashMap<>(JOB);
        if (disturbance != null) {
            settings.put("disturbance.d", disturbance);
        }
        Scenario scenario = Scenario.of("small", settings);
        live = new LiveDisturbances(scenario.disturbanceRules(), scenario.disturbances());
        List<Deed> todo = new ArrayList<>(List.of(deeds));
        FrameSink sink = new FrameSink() {
            @Override
            public void send(EventKind kind, FrameHeader header, byte[] frame) {
                if (kind == EventKind.FAULT) {
                    keep(frame);
                }
                if (!todo.isEmpty() && header.baseNanos() >= todo.get(0).nanos()) {
                    todo.remove(0).what().run();
                }
            }

            @Override
            public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {}

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        ReplayOptions options = ReplayOptions.of(1)
                .playback(playback)
                .speed(Speed.MAX)
                .durationNanos(seconds * SECOND)
                .build();
        engine = new ReplayEngine(options, new LiveRun(scenario.run()::from, live), sink, ReplayClock.system());
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

    private void inject(String line) {
        Disturbance read = live.read(line);
        assertThat(engine.change(now -> injected = live.begin(read, now))).isTrue();
    }

    @Test
    void whatIsInjectedIsWhatASettingOfThatMomentSchedules() {
        ReplayReport disturbed = play(
                null,
                Playback.WHOLE,
                60,
                new Deed(20 * SECOND, () -> inject("slow_card card=5 magnitude=2 for=12.5s")));
        List<FaultEvent> told = List.copyOf(truth);
        truth.clear();

        assertThat(injected.toLine()).matches("slow_card card=5 cards=1 from=2[0-9.]+s until=3[0-9.]+s magnitude=2");
        ReplayReport scheduled = play(injected.toLine(), Playback.WHOLE, 60);
        assertThat(disturbed.digest()).isEqualTo(scheduled.digest());
        assertThat(disturbed.sent()).isEqualTo(scheduled.sent());
        assertThat(truth).isEqualTo(told);
        assertThat(told).extracting(FaultEvent::active).containsExactly(true, false);
        assertThat(disturbed.digest())
                .isNotEqualTo(play(null, Playback.WHOLE, 60).digest());
    }

    @Test
    void undoneItEndsThere() {
        play(
                null,
                Playback.WHOLE,
                60,
                new Deed(20 * SECOND, () -> inject("slow_card card=5 magnitude=2")),
                new Deed(25 * SECOND, () -> engine.change(now -> live.clear(injected.id(), now))));
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
                new Deed(10 * SECOND, () -> inject("slow_card card=5 magnitude=2 from=30s")),
                new Deed(12 * SECOND, () -> inject("slow_card card=6 magnitude=2")),
                new Deed(15 * SECOND, () -> engine.change(live::clear)));
        assertThat(truth).extracting(FaultEvent::fault).containsExactly(0L, 2L, 0L, 2L);
        assertThat(truth.get(3).endNanos()).isBetween(15 * SECOND, 16 * SECOND);
    }

    @Test
    void aSeekTellsWhatItLeavesBehindAndWhatItComesInto() {
        play(
                "slow_card card=3 from=5s until=30s",
                Playback.WHOLE,
                60,
                new Deed(10 * SECOND, () -> engine.seek(40 * SECOND)), // past its end
                new Deed(20 * SECOND, () -> engine.seek(20 * SECOND))); // and back into its midst
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
}
