package io.supernode.serving;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Outlook;
import io.supernode.event.BusOp;
import io.supernode.event.EventSource;
import io.supernode.machine.Machine;
import io.supernode.sample.CardProfile;
import io.supernode.unit.Draws;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.PrefillSettings;
import io.supernode.workload.ServedModel;
import io.supernode.workload.ServingWorkload;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A served model on a machine: what the equations give, and the run of a log of requests. */
public final class Serving {
    private static final int BLOCK_TOKENS = 512;

    private final Machine machine;
    private final ServingWorkload workload;
    private final ServedModel model;
    private final PrefillSettings prefill;
    private final DecodeSettings decode;

    /** @throws IllegalArgumentException when the instances do not fit the machine or the model not their memory */
    public Serving(Machine machine, ServingWorkload workload) {
        this.machine = machine;
        this.workload = workload;
        model = workload.model();
        prefill = workload.prefill();
        decode = workload.decode();
        requireFits();
    }

    private void requireFits() {
        if (workload.cards() > machine.cards()) {
            throw new IllegalArgumentException("must be at most machine.cards=" + machine.cards() + ": decode.cards="
                    + decode.cards() + " + prefill.instances=" + prefill.instances() + " x prefill.cards="
                    + prefill.cards());
        }
        requireRoom("decode.cards", decode.cards());
        requireRoom("prefill.cards", prefill.cards());
    }

    /** What the equations give at the nominal operating point. */
    public NominalServing nominal() {
        return new DecodeCost(model, machine, decode).nominal(nominalPrefill());
    }

    /**
     * Serves requests.
     *
     * @param requests in the order of arrival; pulled one by one, as the machine takes them
     * @param seed of all draws: cards' jitter and acceptance of drafts
     */
    public EventSource events(long seed, Iterator<Request> requests) {
        return events(seed, requests, DisturbanceSchedule.NONE);
    }

    /** The same while something goes wrong: what has ended before two schedules differ is the same under both. */
    public EventSource events(long seed, Iterator<Request> requests, DisturbanceSchedule schedule) {
        Outlook outlook = new Outlook(schedule);
        Draws draws = new Draws(seed);
        DieRates die = DieRates.of(machine);
        int decodeDies = decode.cards() * DieRates.PER_CARD;
        long decodeCacheTokens = die.cacheTokens(model, decodeDies);
        DecodeBurst burst = new DecodeBurst(decode.cards(), die.expertFabric(), decode.burstNanos());
        DecodeInstance decoding = new DecodeInstance(
                decode,
                model,
                decodeCacheTokens,
                new DecodeCost(model, machine, decode),
                draws,
                workload.jitter(),
                burst,
                outlook);
        CacheTransfers transfers = new CacheTransfers(
                machine,
                model.cacheBytesPerToken(),
                Serving.group(1 + prefill.instances(), BusOp.CACHE_TRANSFER),
                outlook);
        return new ServingRun(
                new RequestQueue(requests, decodeCacheTokens),
                prefillPool(die, draws, outlook),
                transfers,
                decoding,
                burst);
    }

    /** What gauges say of its cards; for one run. */
    public CardProfile profile() {
        NominalServing nominal = nominal();
        double matrix = nominal.attentionSeconds() + nominal.expertSeconds();
        PrefillCost cost = new PrefillCost(model, machine, prefill, decode.overheadNanos());
        double compute = cost.computeSeconds(model.prefillFlops(0, prefill.batchTokens()), prefill.batchTokens());
        return new ServingProfile(
                decode.cards(),
                prefill.cards(),
                prefill.instances(),
                matrix / (matrix + nominal.overheadSeconds() - DecodeCost.SCHEDULING_SECONDS),
                compute / (compute + cost.overheadSeconds()),
                weightBytes(model, decode.cards()),
                weightBytes(model, prefill.cards()),
                model.cacheBytesPerToken());
    }

    /** Weights on one of {@code cards} cards. */
    static long weightBytes(ServedModel model, int cards) {
        return DieRates.PER_CARD * model.weightBytesPerDie(cards * DieRates.PER_CARD);
    }

    /**
     * Number of a communicator: two for each instance, decode's first, then one for all cache transfers. Dispatch and
     * combine apart, so that group, step and microbatch name one collective.
     */
    static int group(int instance, BusOp op) {
        return 2 * instance + (op == BusOp.COMBINE ? 1 : 0);
    }

    private PrefillPool prefillPool(DieRates die, Draws draws, Outlook outlook) {
        int dies = prefill.cards() * DieRates.PER_CARD;
        long heldTokensMax = dies * die.cacheTokens(model, dies);
        PrefillCost cost = new PrefillCost(model, machine, prefill, decode.overheadNanos());
        List<PrefillInstance> instances = new ArrayList<>();
        for (int i = 0; i < prefill.instances(); i++) {
            int firstCard = decode.cards() + i * prefill.cards();
            instances.add(new PrefillInstance(
                    i,
                    firstCard,
                    prefill,
                    heldTokensMax,
                    model,
                    cost,
                    die.expertFabric(),
                    draws,
                    workload.jitter(),
                    outlook));
        }
        long blockBytes = BLOCK_TOKENS * model.cacheBytesPerToken();
        int blocks = (int) Math.min(Integer.MAX_VALUE, prefill.prefixCacheBytes() / blockBytes);
        return new PrefillPool(instances, new PrefixCache(blocks));
    }

    private double nominalPrefill() {
        PrefillCost cost = new PrefillCost(model, machine, prefill, decode.overheadNanos());
        int prompt = Math.max(1, decode.promptTokens());
        long prompts = Math.max(1, prefill.batchTokens() / prompt);
        long tokens = prompts * prompt;
        return tokens / cost.batchSeconds(prompts * model.prefillFlops(0, prompt), tokens, 0) / prefill.cards();
    }

    private void requireRoom(String key, int cards) {
        int dies = cards * DieRates.PER_CARD;
        if (DieRates.of(machine).cacheTokens(model, dies) < 1) {
            throw new IllegalArgumentException("must be enough to hold " + model.name() + ", "
                    + model.weightBytesPerDie(dies) + " bytes of weights per die of "
                    + DieRates.of(machine).memoryBytes() + ": " + key + "=" + cards);
        }
    }
}
