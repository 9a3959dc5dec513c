package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.event.EventKind;
import io.supernode.replay.CardSet;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.Speed;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import picocli.CommandLine.Option;

/** What is replayed, how much of it, and how fast. */
final class ReplayFlags {
    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "a recorded trace: events are replayed as they are, requests are served by the scenario")
    Path trace;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            description = "end after this much event time, such as 10m")
    Long durationNanos;

    @Option(
            names = "--wall-limit",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            description = "end after this much wall time, such as 60s")
    Long wallLimitNanos;

    @Option(names = "--speed", paramLabel = "Nx|max", description = "event time per wall time, 0.1x to max")
    String speed;

    @Option(
            names = "--frame",
            paramLabel = "N",
            description = "put exactly N events into each record (default: what one node flushes in 10 ms)")
    int eventsPerFrame;

    @Option(
            names = "--cards",
            paramLabel = "LIST",
            description = "send the events of these cards only, such as 0-15,32")
    String cards;

    @Option(
            names = "--events",
            paramLabel = "KIND",
            split = ",",
            description = "send these kinds only: compute, bus, step, request")
    List<EventKind> kinds = List.of();

    /**
     * The options of a replay, all but origin and run.
     *
     * @param otherwise the speed where none is named
     * @throws ConfigurationException naming the flag that cannot be meant
     */
    ReplayOptions.Builder options(long run, String otherwise) throws ConfigurationException {
        ReplayOptions.Builder options = ReplayOptions.of(run);
        try {
            options.speed(Speed.parse(speed == null ? otherwise : speed));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("--speed " + speed + ": " + e.getMessage());
        }
        if (eventsPerFrame < 0) {
            throw new ConfigurationException("--frame " + eventsPerFrame + ": must be 1 or more events");
        }
        options.eventsPerFrame(eventsPerFrame);
        if (durationNanos != null) {
            options.durationNanos(durationNanos);
        }
        if (wallLimitNanos != null) {
            options.wallLimitNanos(wallLimitNanos);
        }
        if (cards != null) {
            try {
                options.cards(CardSet.parse(cards));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("--cards " + cards + ": " + e.getMessage());
            }
        }
        if (!kinds.isEmpty()) {
            options.kinds(EnumSet.copyOf(kinds));
        }
        return options;
    }
}
