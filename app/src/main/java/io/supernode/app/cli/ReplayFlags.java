package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.report.Readable;
import io.supernode.event.EventKind;
import io.supernode.replay.CardSet;
import io.supernode.replay.EventTime;
import io.supernode.replay.Playback;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import io.supernode.replay.Speed;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

    @Option(
            names = "--start-offset",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            description = "begin this far into the recording, such as 5s")
    Long startOffsetNanos;

    @Option(
            names = "--end-offset",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            description = "play the recording up to here, such as 20s; with --start-offset and --loop, a section of it")
    Long endOffsetNanos;

    @Option(names = "--loop", description = "start again at the end, for ever or for --duration")
    boolean loop;

    @Option(names = "--start-paused", description = "send nothing until it is resumed, by the space bar or on the page")
    boolean startPaused;

    @Option(
            names = "--event-time",
            paramLabel = "WHICH",
            defaultValue = "monotone",
            description = {
                "keep: events carry the times that they were recorded with",
                "shift: moved as a whole, to begin now",
                "monotone: so moved, and going on after a loop or a seek (default)"
            })
    EventTime eventTime;

    @Option(
            names = "--max-lateness",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            description = "end with exit code 4 when 1 %% of the events leave later than this after their time")
    Long maxLatenessNanos;

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

    @Option(names = "--nodes", paramLabel = "LIST", description = "send the events of these nodes only, such as 0-3,8")
    String nodes;

    @Option(
            names = "--pace-by-lag",
            paramLabel = "GROUP",
            description = "hold the replay while this consumer group is behind by more than --max-lag")
    String paceByLag;

    @Option(
            names = "--max-lag",
            paramLabel = "N",
            defaultValue = "100000",
            description = "records that --pace-by-lag lets the group be behind; it goes on at half (default: 100000)")
    long maxLag;

    @Option(
            names = "--events",
            paramLabel = "KIND",
            split = ",",
            description = "send these kinds only: compute, bus, step, request, sample, fault")
    List<EventKind> kinds = List.of();

    /** Whether the replay can be resumed from a page too. */
    boolean hasPage;

    /**
     * The options of a replay, all but origin and run.
     *
     * @param otherwise the speed where none is named
     * @throws ConfigurationException naming the flag that cannot be meant
     */
    ReplayOptions.Builder options(long run, String otherwise, Subject subject) throws ConfigurationException {
        ReplayOptions.Builder options = ReplayOptions.of(run).playback(playback());
        if (eventTime == EventTime.KEEP) {
            options.originEpochNanos(subject.recordedOriginEpochNanos()
                    .orElseThrow(() -> new ConfigurationException("--event-time keep: "
                            + subject.info().scenario()
                            + " does not tell when it happened; accepted: shift, monotone")));
        }
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
        if (nodes != null) {
            if (cards != null) {
                throw new ConfigurationException("--nodes " + nodes + ": name cards or nodes, not both");
            }
            try {
                options.cards(CardSet.parse(nodes).ofNodes(subject.info().cardsPerNode()));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("--nodes " + nodes + ": " + e.getMessage());
            }
        }
        if (maxLag < 1) {
            throw new ConfigurationException("--max-lag " + maxLag + ": must be 1 or more records");
        }
        if (!kinds.isEmpty()) {
            options.kinds(EnumSet.copyOf(kinds));
        }
        requireReachable(options.build());
        return options;
    }

    /** How late a replay was beyond what is allowed, as a line for people; empty where it kept its time. */
    Optional<String> missed(ReplayReport played) {
        if (maxLatenessNanos == null) {
            return Optional.empty();
        }
        double p99 = played.lateness()
                .filter(l -> !l.isEmpty())
                .map(l -> l.quantile(0.99))
                .orElse(0.0);
        return p99 <= maxLatenessNanos
                ? Optional.empty()
                : Optional.of("--max-lateness " + Readable.seconds(maxLatenessNanos / 1e9) + ": 1 % of the events left "
                        + Readable.seconds(p99 / 1e9) + " or more after their time");
    }

    /** Event time that the replay will take, for its progress; 0 without end. */
    long expectedNanos(Subject subject) {
        long asked = durationNanos == null ? ReplayOptions.UNLIMITED : durationNanos;
        long from = startOffsetNanos == null ? 0 : startOffsetNanos;
        if (!loop && endOffsetNanos != null) {
            asked = Math.min(asked, endOffsetNanos - from);
        }
        if (!loop && subject.spanNanos() > from) {
            asked = Math.min(asked, subject.spanNanos() - from);
        }
        return asked == ReplayOptions.UNLIMITED ? 0 : asked;
    }

    /** Where the recording ends; 0 where it does not. */
    long recordingNanos(Subject subject) {
        if (endOffsetNanos == null) {
            return subject.spanNanos();
        }
        return subject.spanNanos() > 0 ? Math.min(endOffsetNanos, subject.spanNanos()) : endOffsetNanos;
    }

    private Playback playback() throws ConfigurationException {
        long from = startOffsetNanos == null ? 0 : startOffsetNanos;
        long until = endOffsetNanos == null ? ReplayOptions.UNLIMITED : endOffsetNanos;
        if (until <= from) {
            throw new ConfigurationException("--end-offset " + Readable.seconds(until / 1e9)
                    + ": must be later than --start-offset " + Readable.seconds(from / 1e9));
        }
        if (loop && eventTime != EventTime.MONOTONE) {
            throw new ConfigurationException("--loop with --event-time "
                    + eventTime.name().toLowerCase(Locale.ROOT)
                    + ": a second pass would come late to every window; accepted: monotone");
        }
        return new Playback(from, until, loop, startPaused, eventTime);
    }

    /** Nothing is to wait for a moment that cannot come. */
    private void requireReachable(ReplayOptions options) throws ConfigurationException {
        if (maxLatenessNanos != null && options.speed().isMax()) {
            throw new ConfigurationException(
                    "--max-lateness: at --speed max nothing has a time to be late for; name a speed such as 1x");
        }
        if (startPaused && !hasPage && !Keys.areThere() && wallLimitNanos == null) {
            throw new ConfigurationException("--start-paused: there is no terminal here whose keys could resume it, and"
                    + " no page; leave it out or name --listen");
        }
    }
}
