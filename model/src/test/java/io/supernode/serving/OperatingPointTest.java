package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.event.Fabric;
import io.supernode.machine.Link;
import io.supernode.machine.Machine;
import io.supernode.machine.MachineCatalogue;
import io.supernode.machine.Network;
import io.supernode.workload.PrefillSettings;
import io.supernode.workload.ServingWorkload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published figures of DeepSeek-R1 on CloudMatrix384 (arXiv 2506.12708 section 5) and what the model gives for them. */
class OperatingPointTest {
    private static final Machine MACHINE = MachineCatalogue.named("cloudmatrix384");
    private static final ServingWorkload PUBLISHED = ServingWorkload.deepSeekR1(384);

    @ParameterizedTest
    @CsvSource({"96, 49.4, 1943", "24, 24.6, 974"})
    void decodeMeetsPublishedRows(int batch, double milliseconds, double tokensPerSecondPerCard) {
        NominalServing nominal = new Serving(MACHINE, withBatch(batch)).nominal();
        assertThat(nominal.timePerOutputTokenSeconds() * 1e3).isCloseTo(milliseconds, withPercentage(5));
        assertThat(nominal.decodeTokensPerSecondPerCard()).isCloseTo(tokensPerSecondPerCard, withPercentage(5));
    }

    @Test
    void partsAddUpToTheIteration() {
        NominalServing n = new Serving(MACHINE, PUBLISHED).nominal();
        double parts = n.attentionSeconds()
                + n.expertSeconds()
                + n.dispatchSeconds()
                + n.combineSeconds()
                + n.overheadSeconds();
        assertThat(parts).isCloseTo(n.iterationSeconds(), withPercentage(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"0.314, 5655", "0.371, 6688"})
    void prefillMeetsPublishedThroughput(double efficiency, double tokensPerSecondPerCard) {
        PrefillSettings prefill =
                PUBLISHED.prefill().withBatchTokens(16 * 16_384).withEfficiency(efficiency);
        NominalServing nominal = new Serving(MACHINE, with(prefill)).nominal();
        assertThat(nominal.prefillTokensPerSecondPerCard()).isCloseTo(tokensPerSecondPerCard, withPercentage(2));
    }

    /** MODEL.md section 4.5: all-to-all at 21 GB/s per die instead of the bus makes a token 42 % slower. */
    @Test
    void decodeOnARoceClassNetworkIsAsMuchSlowerAsCalibrated() {
        Link roce = new Link(Fabric.ETHERNET, 42e9, 1, 3_600);
        Network servers = new Network(MACHINE.sameNode(), MACHINE.sameNode(), roce, 8, 2_000);
        Machine slow = MACHINE.withNetwork(servers);
        double ratio = new Serving(slow, PUBLISHED).nominal().timePerOutputTokenSeconds()
                / new Serving(MACHINE, PUBLISHED).nominal().timePerOutputTokenSeconds();
        assertThat(ratio).isBetween(1.37, 1.47);
    }

    /** Not the equation alone: the run itself, full, with its jitter, its imbalance and its queue. */
    @ParameterizedTest
    @CsvSource({"96, 1943", "24, 974"})
    void aSaturatedRunReachesPublishedDecodeThroughput(int batch, double tokensPerSecondPerCard) {
        ServingWorkload workload = withBatch(batch);
        // one common prompt, so that reuse keeps prefill out of the way; three times what fits at once
        int[] prompt = {1, 2, 3, 4, 5, 6, 7, 8};
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 3 * 160 * batch; i++) {
            requests.add(new Request(i, 0, 4096, 256, prompt));
        }
        long from = 10_000_000_000L;
        long to = batch == 96 ? 30_000_000_000L : 15_000_000_000L;
        ServedRun run = new ServedRun(MACHINE, workload).measureDecode(from, to).run(1, requests.iterator());
        assertThat(run.requests).hasSize(requests.size());
        double rate = run.decodeTokensCounted / ((to - from) * 1e-9) / 160;
        assertThat(rate).isCloseTo(tokensPerSecondPerCard, withPercentage(5));
    }

    @Test
    void aSaturatedRunReachesPublishedPrefillThroughput() {
        ServingWorkload workload = with(PUBLISHED.prefill().withBatchTokens(16 * 16_384));
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 14 * 64 * 4; i++) {
            requests.add(new Request(i, 0, 4096, 1, new int[0]));
        }
        ServedRun run = ServedRun.of(MACHINE, workload, 1, requests);
        double rate = 4096.0 * requests.size() / (run.endNanos * 1e-9) / (14 * 16);
        assertThat(rate).isCloseTo(5_655, withPercentage(3));
    }

    private static ServingWorkload withBatch(int batch) {
        return new ServingWorkload(
                PUBLISHED.name(),
                PUBLISHED.model(),
                PUBLISHED.prefill(),
                PUBLISHED.decode().withBatch(batch),
                PUBLISHED.jitter());
    }

    private static ServingWorkload with(PrefillSettings prefill) {
        return new ServingWorkload(
                PUBLISHED.name(), PUBLISHED.model(), prefill, PUBLISHED.decode(), PUBLISHED.jitter());
    }
}
