package io.supernode.exporter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Controls that remember what they were told. */
final class Recorder implements Controls {
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean paused;

    List<String> told() {
        return told;
    }

    @Override
    public ReplayView replay() {
        return new ReplayView(paused, false, "10x", 90_000_000_000L, 600_000_000_000L, 0, 1, true, true, 42);
    }

    @Override
    public void pause() {
        paused = true;
        told.add("pause");
    }

    @Override
    public void resume() {
        paused = false;
        told.add("resume");
    }

    @Override
    public void step() {
        told.add("step");
    }

    @Override
    public void seek(long recordingNanos) {
        told.add("seek " + recordingNanos);
    }

    @Override
    public void speed(String speed) {
        if (!speed.endsWith("x")) {
            throw new IllegalArgumentException("must be a number above 0 such as 10x: speed=" + speed);
        }
        told.add("speed " + speed);
    }

    @Override
    public void loop(boolean on) {
        throw new IllegalStateException("this replay has no end");
    }

    @Override
    public List<InjectableKind> injectable() {
        return List.of(
                new InjectableKind("slow_card", true, false, false, "factor on computing", 1.5, 1, 100),
                new InjectableKind("card_lost", true, false, false, "", 1, 1, 1));
    }

    @Override
    public List<Disturbed> disturbed() {
        return List.of(new Disturbed(
                3, "slow_card", 17, 1, "slow card 17, magnitude 1.5", 30, Double.POSITIVE_INFINITY, true));
    }

    @Override
    public long inject(Injection injection) {
        told.add(injection.toString());
        return 3;
    }

    @Override
    public void clear(long fault) {
        told.add("clear " + fault);
    }

    @Override
    public void clearAll() {
        told.add("clear all");
    }
}
