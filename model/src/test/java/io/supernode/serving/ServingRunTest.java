package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.RequestEvent;
import io.supernode.machine.Machine;
import io.supernode.machine.MachineCatalogue;
import io.supernode.unit.Draws;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.PrefillSettings;
import io.supernode.workload.ServedModel;
import io.supernode.workload.ServingWorkload;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServingRunTest {
    private static final Machine MACHINE = MachineCatalogue.named("cloudmatrix384");
    private static final ServingWorkload FULL = ServingWorkload.deepSeekR1(384);
    /** The smallest pod in which one prefill instance and a decode instance of 16 cards fit. */
    private static final Machine POD = MACHINE.withCards(32);

    private static final int[] NO_PREFIX = {};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void tokensAndRequestsAreConserved(long seed) {
        List<Request> requests = randomRequests(seed, 300);
        ServedRun run = ServedRun.of(POD, small(1 + (int) (seed % 5) * 7), seed, requests);
        long input = requests.stream().mapToLong(Request::inputTokens).sum();
        long output = requests.stream().mapToLong(Request::outputTokens).sum();
        long firstTokens = requests.stream().filter(r -> r.outputTokens() > 0).count();
        assertThat(run.tokens.get(ComputeOp.PREFILL)).isEqualTo(input + firstTokens);
        assertThat(run.allTokens()).isEqualTo(input + output);
        assertThat(run.inOrder()).hasSameSizeAs(requests);
        for (Request r : requests) {
            RequestEvent e = run.requests.get(r.index());
            assertThat(e.arrivalNanos()).isEqualTo(r.arrivalNanos());
            assertThat(e.inputTokens()).isEqualTo(r.inputTokens());
            assertThat(e.outputTokens()).isEqualTo(r.outputTokens());
        }
    }

    @Test
    void theSameSeedGivesTheSameEventsAndAnotherSeedOthers() {
        List<Request> requests = randomRequests(1, 200);
        ServedRun first = ServedRun.of(POD, small(4), 42, requests);
        ServedRun second = ServedRun.of(POD, small(4), 42, requests);
        ServedRun other = ServedRun.of(POD, small(4), 43, requests);
        assertThat(second.digest.hex()).isEqualTo(first.digest.hex());
        assertThat(second.digest.count()).isEqualTo(first.digest.count());
        assertThat(other.digest.hex()).isNotEqualTo(first.digest.hex());
    }

    @Test
    void promptsAreTakenInTheOrderOfArrival() {
        ServedRun run = ServedRun.of(POD, small(96), 5, randomRequests(5, 400));
        long firstToken = 0;
        for (RequestEvent e : run.inOrder()) {
            if (e.outputTokens() > 0) {
                assertThat(e.firstTokenNanos()).isGreaterThanOrEqualTo(firstToken);
                firstToken = e.firstTokenNanos();
            }
        }
    }

    @Test
    void decodeFollowsTheTransferOfTheCache() {
        EventBatch all = allEvents(MACHINE, FULL, List.of(request(0, 0, 4096, 100)));
        RequestEvent request = only(all, EventKind.REQUEST).requestEvent(0);
        EventBatch transfers = new EventBatch();
        long decodeStart = Long.MAX_VALUE;
        for (int i = 0; i < all.size(); i++) {
            if (all.kind(i) == EventKind.BUS && all.busOp(i) == BusOp.CACHE_TRANSFER) {
                transfers.addFrom(all, i, 0);
            } else if (all.kind(i) != EventKind.REQUEST && all.card(i) < 160) {
                decodeStart = Math.min(decodeStart, all.startNanos(i));
            }
        }
        assertThat(transfers.size()).isEqualTo(2);
        BusEvent sent = transfers.bus(0);
        BusEvent received = transfers.bus(1);
        assertThat(sent.startNanos()).isEqualTo(request.firstTokenNanos());
        assertThat(sent.card()).isEqualTo(received.peer()).isGreaterThanOrEqualTo(160);
        assertThat(received.card()).isEqualTo(sent.peer()).isEqualTo(request.card());
        assertThat(sent.sentBytes()).isEqualTo(received.receivedBytes()).isEqualTo(4096L * 70_272);
        assertThat(decodeStart).isGreaterThanOrEqualTo(sent.endNanos());
        assertThat(request.endNanos()).isGreaterThan(decodeStart);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void aCardNeverHoldsMoreThanItsBatch(int batch) {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 40 * batch; i++) {
            requests.add(request(i, 0, 100, 20));
        }
        assertThat(mostHeld(small(batch), requests, 1)).isEqualTo(batch);
    }

    @Test
    void aCardNeverHoldsMoreKeysAndValuesThanItsMemory() {
        // 17.1 GB beside the weights of each of 32 dies are 243,000 tokens: two prompts of 100,000, never three;
        // one common prompt, so that prefill delivers faster than decode consumes
        int[] prompt = IntStream.range(0, 196).toArray();
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            requests.add(new Request(i, 0, 100_000, 400, prompt));
        }
        assertThat(mostHeld(small(96), requests, 1)).isEqualTo(4);
    }

    @Test
    void theCardWithTheSequenceComputesMostAndTheOthersWaitForIt() {
        EventBatch all = allEvents(MACHINE, FULL, List.of(request(0, 0, 60_000, 200)));
        int home = only(all, EventKind.REQUEST).requestEvent(0).card();
        Map<Integer, Long> waits = new TreeMap<>();
        Map<Integer, Long> busy = new TreeMap<>();
        for (int i = 0; i < all.size(); i++) {
            if (all.card(i) < 160 && all.kind(i) == EventKind.COMPUTE) {
                busy.merge(all.card(i), all.durationNanos(i), Long::sum);
            } else if (all.card(i) < 160 && all.kind(i) == EventKind.BUS && all.busOp(i) == BusOp.DISPATCH) {
                waits.merge(all.card(i), all.waitNanos(i), Long::sum);
            }
        }
        assertThat(busy).hasSize(160);
        long homeBusy = busy.remove(home);
        long homeWait = waits.remove(home);
        assertThat(busy.values()).allMatch(other -> other < homeBusy);
        assertThat(waits.values()).allMatch(other -> other > homeWait);
    }

    @Test
    void overloadQueuesInTheLogAndNotInMemory() {
        int count = 20_000;
        long[] taken = {0};
        Iterator<Request> log = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return taken[0] < count;
            }

            @Override
            public Request next() {
                return request(taken[0]++, 0, 3_000, 50);
            }
        };
        EventSource source = new Serving(POD, small(2)).events(1, log);
        EventBatch batch = new EventBatch();
        long served = 0;
        long most = 0;
        while (source.next(batch)) {
            for (int i = 0; i < batch.size(); i++) {
                served += batch.kind(i) == EventKind.REQUEST ? 1 : 0;
            }
            most = Math.max(most, taken[0] - served);
        }
        assertThat(served).isEqualTo(count);
        // 32 dies of 243,000 tokens, a prompt in whole blocks; one more prompt starts whatever the room, one is looked
        // at
        assertThat(most).isLessThan(32 * 243_000 / 3_072 + 100).isGreaterThan(100);
    }

    @Test
    void aPromptLongerThanABatchGoesInChunks() {
        ServingWorkload workload = small(8);
        EventBatch all = allEvents(POD, workload, List.of(request(0, 0, 200_000, 1)));
        TreeMap<Integer, Long> tokensByBatch = new TreeMap<>();
        for (int i = 0; i < all.size(); i++) {
            if (all.kind(i) == EventKind.COMPUTE) {
                tokensByBatch.merge(all.step(i), all.tokens(i), Long::sum);
            }
        }
        assertThat(tokensByBatch.values()).containsExactly(65_536L, 65_536L, 65_536L, 200_000L - 3 * 65_536 + 1);
    }

    @Test
    void aKnownPrefixIsNotComputedAgain() {
        int[] prompt = {10, 11, 12, 13};
        int[] sameStart = {10, 11, 12, 99};
        List<Request> requests = List.of(
                new Request(0, 0, 2_048, 1, prompt),
                new Request(1, 10_000_000_000L, 2_048, 1, prompt),
                new Request(2, 20_000_000_000L, 2_048, 1, sameStart),
                new Request(3, 30_000_000_000L, 2_048, 1, NO_PREFIX));
        long[] with = megaflopsByBatch(small(8), requests);
        ServedModel model = FULL.model();
        assertThat(with[0]).isEqualTo((long) (model.prefillFlops(0, 2_048) / 1e6));
        assertThat(with[1]).isEqualTo((long) (model.prefillFlops(2_047, 1) / 1e6));
        assertThat(with[2]).isEqualTo((long) (model.prefillFlops(1_536, 512) / 1e6));
        assertThat(with[3]).isEqualTo(with[0]);
        long[] without = megaflopsByBatch(withoutPrefixes(), requests);
        assertThat(without).containsOnly(with[0]);
    }

    @Test
    void requestsWithoutInputOrOutputAreServed() {
        ServedRun run = ServedRun.of(
                POD,
                small(8),
                1,
                List.of(request(0, 0, 0, 0), request(1, 0, 0, 5), request(2, 0, 700, 0), request(3, 0, 0, 1)));
        assertThat(run.requests).hasSize(4);
        assertThat(run.allTokens()).isEqualTo(0 + 5 + 700 + 1);
        assertThat(run.requests.get(0L).firstTokenNanos()).isEqualTo(RequestEvent.UNKNOWN_NANOS);
        assertThat(run.requests.get(2L).firstTokenNanos()).isEqualTo(RequestEvent.UNKNOWN_NANOS);
        assertThat(run.requests.get(3L).firstTokenNanos())
                .isEqualTo(run.requests.get(3L).endNanos());
    }

    @Test
    void anEmptyLogIsAnEmptyRun() {
        ServedRun run = ServedRun.of(MACHINE, FULL, 1, List.of());
        assertThat(run.events).isZero();
        assertThat(run.stretches).isZero();
    }

    @Test
    void aPauseOfHoursCostsNoEventsAndNoStretches() {
        long hours = 5 * 3_600_000_000_000L;
        ServedRun both =
                ServedRun.of(MACHINE, FULL, 1, List.of(request(0, hours, 1_000, 20), request(1, 2 * hours, 1_000, 20)));
        ServedRun one = ServedRun.of(MACHINE, FULL, 1, List.of(request(0, hours, 1_000, 20)));
        assertThat(both.requests).hasSize(2);
        assertThat(both.events).isLessThan(4 * one.events);
        assertThat(both.stretches).isLessThan(20);
        assertThat(both.endNanos).isGreaterThan(2 * hours);
    }

    @Test
    void requestsThatCannotBeServedAreNamed() {
        assertThatThrownBy(() -> ServedRun.of(MACHINE, FULL, 1, List.of(request(7, 0, 10_000_000, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("must fit the memory of a decode die, \\d+ tokens: request 7 "
                        + "inputTokens=10000000 outputTokens=1");
        assertThatThrownBy(() -> ServedRun.of(MACHINE, FULL, 1, List.of(request(0, 5, 1, 1), request(1, 4, 1, 1))))
                .hasMessage("must not go back in time: request 1 arrivalNanos=4 after 5");
        assertThatThrownBy(() -> ServedRun.of(MACHINE, FULL, 1, List.of(request(0, 0, Long.MAX_VALUE, Long.MAX_VALUE))))
                .hasMessageStartingWith("must fit the memory");
    }

    @Test
    void whatDoesNotFitTheMachineIsNamed() {
        assertThatThrownBy(() -> new Serving(MACHINE.withCards(256), FULL))
                .hasMessage("must be at most machine.cards=256: decode.cards=160 + prefill.instances=14 x"
                        + " prefill.cards=16");
        ServingWorkload crowded = new ServingWorkload(
                "s",
                FULL.model(),
                PrefillSettings.published(1),
                DecodeSettings.published().withCards(8),
                0);
        assertThatThrownBy(() -> new Serving(MACHINE, crowded))
                .hasMessageStartingWith("must be enough to hold deepseek-r1")
                .hasMessageEndingWith("decode.cards=8");
    }

    /** Most sequences that a decode card had a place for at once: from the grant of a transfer to the last token. */
    private static int mostHeld(ServingWorkload workload, List<Request> requests, long seed) {
        EventBatch all = allEvents(POD, workload, requests, seed);
        // by time; at the same moment places are given back before they are given out
        TreeMap<Long, int[]> changes = new TreeMap<>();
        int most = 0;
        for (int card = 0; card < workload.decode().cards(); card++) {
            changes.clear();
            for (int i = 0; i < all.size(); i++) {
                if (all.card(i) != card) {
                    continue;
                }
                if (all.kind(i) == EventKind.REQUEST) {
                    changes.computeIfAbsent(all.endNanos(i), t -> new int[2])[0]++;
                } else if (all.kind(i) == EventKind.BUS && all.busOp(i) == BusOp.CACHE_TRANSFER) {
                    changes.computeIfAbsent(all.startNanos(i), t -> new int[2])[1]++;
                }
            }
            int held = 0;
            for (int[] change : changes.values()) {
                held += change[1] - change[0];
                most = Math.max(most, held);
            }
            assertThat(held).isZero();
        }
        return most;
    }

    private static long[] megaflopsByBatch(ServingWorkload workload, List<Request> requests) {
        EventBatch all = allEvents(POD, workload, requests);
        long[] megaflops = new long[requests.size()];
        for (int i = 0; i < all.size(); i++) {
            if (all.kind(i) == EventKind.COMPUTE) {
                megaflops[all.step(i)] += all.megaflops(i);
            }
        }
        return megaflops;
    }

    private static EventBatch only(EventBatch all, EventKind kind) {
        EventBatch found = new EventBatch();
        for (int i = 0; i < all.size(); i++) {
            if (all.kind(i) == kind) {
                found.addFrom(all, i, 0);
            }
        }
        return found;
    }

    private static EventBatch allEvents(Machine machine, ServingWorkload workload, List<Request> requests) {
        return allEvents(machine, workload, requests, 1);
    }

    private static EventBatch allEvents(Machine machine, ServingWorkload workload, List<Request> requests, long seed) {
        EventSource source = new Serving(machine, workload).events(seed, requests.iterator());
        EventBatch all = new EventBatch();
        EventBatch batch = new EventBatch();
        while (source.next(batch)) {
            for (int i = 0; i < batch.size(); i++) {
                all.addFrom(batch, i, 0);
            }
        }
        return all;
    }

    private static Request request(long index, long arrivalNanos, long inputTokens, long outputTokens) {
        return new Request(index, arrivalNanos, inputTokens, outputTokens, NO_PREFIX);
    }

    /** Bursts of arrivals with pauses; some prompts empty, some long, some with a common beginning. */
    private static List<Request> randomRequests(long seed, int count) {
        Draws draws = new Draws(seed);
        List<Request> requests = new ArrayList<>();
        long arrival = 0;
        for (int i = 0; i < count; i++) {
            arrival += draws.uniform(1, i, 0, 0, 0) < 0.7 ? 0 : (long) (draws.uniform(2, i, 0, 0, 0) * 2e8);
            long input = (long) (StrictMath.pow(draws.uniform(3, i, 0, 0, 0), 4) * 100_000);
            long output = (long) (StrictMath.pow(draws.uniform(4, i, 0, 0, 0), 3) * 400);
            int[] blocks = new int[(int) ((input + 511) / 512)];
            for (int b = 0; b < blocks.length; b++) {
                blocks[b] = b < 3 ? b : i * 1_000 + b;
            }
            requests.add(new Request(i, arrival, input, output, blocks));
        }
        return requests;
    }

    private static ServingWorkload small(int batch) {
        return new ServingWorkload(
                "small",
                FULL.model(),
                PrefillSettings.published(1),
                DecodeSettings.published().withCards(16).withBatch(batch),
                FULL.jitter());
    }

    private static ServingWorkload withoutPrefixes() {
        ServingWorkload w = small(8);
        return new ServingWorkload(w.name(), w.model(), w.prefill().withPrefixCacheBytes(0), w.decode(), w.jitter());
    }
}
