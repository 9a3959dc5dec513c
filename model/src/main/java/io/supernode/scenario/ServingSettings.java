package io.supernode.scenario;

import io.supernode.machine.Machine;
import io.supernode.machine.Precision;
import io.supernode.serving.Decoding;
import io.supernode.serving.Prefilling;
import io.supernode.serving.Serving;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.DecodeWorkload;
import io.supernode.workload.PrefillSettings;
import io.supernode.workload.PrefillWorkload;
import io.supernode.workload.ServingWorkload;

/** Reads the settings of a serving workload and checks that they fit each other and the machine. */
final class ServingSettings {
    private static final int MANY = 1 << 20;

    private ServingSettings() {}

    static ServingWorkload read(Settings settings, String name, Machine machine) {
        ServingWorkload published = ServingWorkload.deepSeekR1(machine.cards());
        long burst = settings.nanos("decode.burst", published.decode().burstNanos() / 1_000_000 + "ms");
        if (burst < 1_000_000) {
            throw new ScenarioException("decode.burst", "must be at least 1ms: decode.burst=" + burst + "ns");
        }
        DecodeSettings decode = decode(settings, published.decode(), burst);
        PrefillSettings prefill = prefill(settings, published.prefill(), machine.cards() - decode.cards());
        double jitter = settings.number("jitter", String.valueOf(published.jitter()));
        try {
            ServingWorkload workload = new ServingWorkload(name, published.model(), prefill, decode, jitter);
            new Serving(machine, workload);
            return workload;
        } catch (IllegalArgumentException e) {
            throw new ScenarioException("workload", e.getMessage() + " (machine=" + machine.name() + ")");
        }
    }

    /** A decode instance alone. */
    static DecodeWorkload readDecode(Settings settings, String name, Machine machine) {
        ServingWorkload published = ServingWorkload.deepSeekR1(machine.cards());
        DecodeSettings decode = decode(
                settings,
                published
                        .decode()
                        .withCards(Math.min(machine.cards(), published.decode().cards())),
                published.decode().burstNanos());
        Precision precision = settings.choice("precision", Precision.INT8);
        if (precision != Precision.INT8) {
            throw new ScenarioException("precision", "must be int8 for decode: precision=bf16");
        }
        double jitter = settings.number("jitter", String.valueOf(published.jitter()));
        try {
            DecodeWorkload workload = new DecodeWorkload(name, published.model(), decode, jitter);
            new Decoding(machine, workload);
            return workload;
        } catch (IllegalArgumentException e) {
            String key = settings.given("decode.batch", "decode.cards", "decode.promptTokens", "machine");
            throw new ScenarioException(key, e.getMessage() + " (machine=" + machine.name() + ")");
        }
    }

    /** A prefill instance alone. */
    static PrefillWorkload readPrefill(Settings settings, String name, Machine machine) {
        ServingWorkload published = ServingWorkload.deepSeekR1(machine.cards());
        PrefillSettings one = PrefillSettings.published(1);
        int cards = settings.count("prefill.cards", text(Math.min(machine.cards(), one.cards())), 1, 1 << 18);
        PrefillSettings prefill = new PrefillSettings(
                1,
                cards,
                settings.count("prefill.batchTokens", text(cards * 4096), 1, 1 << 30),
                settings.ratio("prefill.efficiency", String.valueOf(one.efficiency())),
                0);
        int prompt = settings.count("prefill.promptTokens", "4096", 1, MANY);
        long overhead = settings.nanos("prefill.overhead", published.decode().overheadNanos() + "ns");
        Precision precision = settings.choice("precision", Precision.INT8);
        if (precision != Precision.INT8) {
            throw new ScenarioException("precision", "must be int8 for prefill: precision=bf16");
        }
        double jitter = settings.number("jitter", String.valueOf(published.jitter()));
        try {
            PrefillWorkload workload = new PrefillWorkload(name, published.model(), prefill, prompt, overhead, jitter);
            new Prefilling(machine, workload);
            return workload;
        } catch (IllegalArgumentException e) {
            String key =
                    settings.given("prefill.promptTokens", "prefill.batchTokens", "prefill.cards", "jitter", "machine");
            throw new ScenarioException(key, e.getMessage() + " (machine=" + machine.name() + ")");
        }
    }

    private static DecodeSettings decode(Settings settings, DecodeSettings published, long burst) {
        int cards = settings.count("decode.cards", text(published.cards()), 1, MANY);
        int batch = settings.count("decode.batch", text(published.batch()), 1, 1 << 16);
        int prompt = settings.count("decode.promptTokens", text(published.promptTokens()), 0, MANY);
        int output = settings.count("decode.outputTokens", text(published.outputTokens()), 1, MANY);
        double acceptance = settings.number("decode.draftAcceptance", String.valueOf(published.draftAcceptance()));
        if (!(acceptance >= 0 && acceptance <= 1)) {
            throw new ScenarioException(
                    "decode.draftAcceptance", "must be 0 to 1: decode.draftAcceptance=" + acceptance);
        }
        double efficiency = settings.ratio("decode.efficiency", String.valueOf(published.matrixEfficiency()));
        long overhead = settings.nanos("decode.overhead", published.overheadNanos() + "ns");
        return new DecodeSettings(cards, batch, prompt, output, acceptance, efficiency, overhead, burst);
    }

    /** @param cardsLeft cards beside decode's; by default prefill instances take all of them */
    private static PrefillSettings prefill(Settings settings, PrefillSettings published, int cardsLeft) {
        int cards = settings.count("prefill.cards", text(published.cards()), 1, 1 << 18);
        int instances = settings.count("prefill.instances", text(Math.max(1, cardsLeft / cards)), 1, MANY);

        return new PrefillSettings(
                instances,
                cards,
                settings.count("prefill.batchTokens", text(cards * 4096), 1, 1 << 30),
                settings.ratio("prefill.efficiency", String.valueOf(published.efficiency())),
                settings.bytes("prefill.prefixCache", "8TiB"));
    }

    private static String text(int value) {
        return String.valueOf(value);
    }
}
