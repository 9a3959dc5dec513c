package io.supernode.diagnosis;

import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceRules;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.FaultKind;
import io.supernode.scenario.Scenario;
import io.supernode.serving.Request;
import io.supernode.unit.Draws;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A disturbed run and what is found in it: the model's events, gauges of its own in place of the model's, less what the
 * telemetry loses, go straight into the diagnosis.
 */
record DiagnosedRun(List<Anomaly> anomalies, List<InjectedFault> faults, DetectionScore score) {
    private static final long SECOND = 1_000_000_000L;
    private static final String SERVING = "deepseek-r1-serving";
    /** Requests a second. */
    private static final double BUSY = 40;

    private static final int LOOKS = 20;
    private static final long FIRST_OF_TELEMETRY = 100;
    /** Clock and temperature of a card at full load, and how much they differ from card to card and second to second. */
    private static final int MEGAHERTZ = 1500;

    private static final int MILLICELSIUS = 62_000;
    private static final int NOISE = 71;
    private static final int LOST_FRAME = 72;
    private static final long FRAME_NANOS = 100_000_000L;

    /** @param disturbances each as settings write it */
    static DiagnosedRun of(
            String scenario, Map<String, String> settings, long seed, int seconds, String... disturbances) {
        return of(scenario, settings, seed, seconds, true, disturbances);
    }

    /** Of cards that tell no gauges. */
    static DiagnosedRun unsampled(String scenario, long seed, int seconds, String... disturbances) {
        return of(scenario, Map.of(), seed, seconds, false, disturbances);
    }

    private static DiagnosedRun of(
            String scenario,
            Map<String, String> settings,
            long seed,
            int seconds,
            boolean sampled,
            String... disturbances) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("seed", Long.toString(seed));
        List<String> ofTelemetry = new ArrayList<>();
        for (int i = 0; i < disturbances.length; i++) {
            if (disturbances[i].startsWith("telemetry_")) {
                ofTelemetry.add(disturbances[i]);
            } else {
                all.put("disturbance.d" + i, disturbances[i]);
            }
        }
        return of(Scenario.of(scenario, all), seed, seconds, BUSY, sampled, ofTelemetry);
    }

    /** Requests served as they come, so many a second, by a machine with which nothing is wrong. */
    static DiagnosedRun healthyServing(long seed, int seconds, double requestsPerSecond) {
        Scenario scenario = Scenario.of(SERVING, Map.of("seed", Long.toString(seed)));
        return of(scenario, seed, seconds, requestsPerSecond, true, List.of());
    }

    /** @param ofTelemetry what is done to frames: by this, not by the model */
    private static DiagnosedRun of(
            Scenario scenario,
            long seed,
            int seconds,
            double requestsPerSecond,
            boolean sampled,
            List<String> ofTelemetry) {
        DisturbanceRules frames = new DisturbanceRules(
                scenario.name(),
                scenario.machine().cards(),
                scenario.machine().cardsPerNode(),
                1,
                1,
                Set.of(FaultKind.TELEMETRY_LOSS));
        List<Disturbance> more = new ArrayList<>();
        ofTelemetry.forEach(text -> more.add(frames.parse(FIRST_OF_TELEMETRY + more.size(), text)));
        Disturbances disturbances =
                scenario.disturbances().during(0, seconds * SECOND).and(more);
        InMemoryDiagnosis diagnosis = new InMemoryDiagnosis(1, 0, 0);
        EventSource source = scenario.name().equals(SERVING)
                ? scenario.events(requests(seed, seconds, requestsPerSecond).iterator())
                : scenario.events();
        int cards = scenario.machine().cards();
        int perNode = scenario.machine().cardsPerNode();
        Draws draws = new Draws(seed);
        EventBatch batch = new EventBatch();
        EventBatch[] nodes = new EventBatch[(cards + perNode - 1) / perNode];
        for (int n = 0; n < nodes.length; n++) {
            nodes[n] = new EventBatch();
        }
        long told = 0;
        while (told < seconds) {
            source.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) != EventKind.SAMPLE
                        && batch.endNanos(i) < seconds * SECOND
                        && !isLost(disturbances, draws, batch.card(i), batch.endNanos(i), batch.kind(i))) {
                    nodes[batch.card(i) / perNode].addFrom(batch, i, 0);
                }
            }
            while (told < seconds && (told + 1) * SECOND <= source.throughNanos()) {
                for (int card = 0; card < cards && sampled; card++) {
                    sample(
                            nodes[card / perNode],
                            disturbances,
                            draws,
                            card,
                            scenario.machine().topology().planes(),
                            told);
                }
                told++;
            }
            for (int n = 0; n < nodes.length; n++) {
                diagnosis.fold(n, nodes[n]);
                nodes[n].clear();
            }
            diagnosis.advance(told * SECOND);
        }
        List<InjectedFault> faults = new ArrayList<>();
        for (Disturbance d : disturbances.all()) {
            boolean ended = d.untilNanos() <= seconds * SECOND;
            faults.add(new InjectedFault(
                    0,
                    d.id(),
                    d.kind(),
                    d.card(),
                    d.cards(),
                    d.plane(),
                    d.stage(),
                    d.fromNanos(),
                    ended ? d.untilNanos() : Anomaly.LASTS,
                    d.magnitudePpm()));
        }
        return new DiagnosedRun(
                diagnosis.anomalies(), faults, DetectionScore.of(diagnosis.anomalies(), faults, seconds * SECOND));
    }

    /** Chats as they come, of uneven length. */
    private static List<Request> requests(long seed, int seconds, double requestsPerSecond) {
        Random random = new Random(seed);
        List<Request> requests = new ArrayList<>();
        for (double at = 0; at < seconds; at -= Math.log(1 - random.nextDouble()) / requestsPerSecond) {
            requests.add(new Request(
                    requests.size(),
                    (long) (at * SECOND),
                    1_000 + random.nextInt(6_000),
                    200 + random.nextInt(400),
                    new int[0]));
        }
        return requests;
    }

    private static void sample(
            EventBatch into, Disturbances disturbances, Draws draws, int card, int planes, long second) {
        long end = (second + 1) * SECOND - 1;
        if (disturbances.silentUntilNanos(card, end) > end
                || isLost(disturbances, draws, card, end, EventKind.SAMPLE)) {
            return;
        }
        double slow = disturbances.heat(card, end);
        int down = 0;
        for (int look = 0; look < LOOKS; look++) {
            down |= disturbances.planesDown(card, planes, second * SECOND + look * (SECOND / LOOKS));
        }
        double errors = disturbances.linkErrorsPerSecond(card, end);
        // a healthy link has a retry now and then
        int retries = (int) Math.round(errors * (1 + 0.2 * draws.bell(NOISE, second, card, 0, 0)))
                + (draws.uniform(NOISE, second, card, 1, 0) < 0.02 ? 1 : 0);
        double noise = 0.004 * draws.bell(NOISE, second, card, 2, 0);
        int clock = (int) Math.round(MEGAHERTZ / slow * (1 + noise));
        int heat = (int) Math.round(MILLICELSIUS + 1000 * draws.bell(NOISE, 0, card, 3, 0) + 25_000 * (slow - 1));
        into.addSample(
                card, end, SECOND, 900_000, 400_000, clock, heat, 600_000, 60L << 30, 0, 0, Math.max(0, retries), down);
    }

    /** Frames of a tenth of a second, node by node and kind by kind. */
    private static boolean isLost(Disturbances disturbances, Draws draws, int card, long nanos, EventKind kind) {
        for (Disturbance d : disturbances.of(FaultKind.TELEMETRY_LOSS)) {
            if (d.isActive(nanos)
                    && d.concerns(card)
                    && draws.uniform(LOST_FRAME, card / 8, nanos / FRAME_NANOS, kind.ordinal(), d.id())
                            < d.magnitude()) {
                return true;
            }
        }
        return false;
    }
}
