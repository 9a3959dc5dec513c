package io.supernode.scenario;

import io.supernode.machine.Machine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the equations say about a scenario, without a simulation: one component per field of {@code model}'s answer.
 * What does not apply is empty.
 *
 * @param peakFlops of all cards at the workload's precision
 * @param memoryBytes high-bandwidth memory of all cards
 * @param powerWatts of the machine under this load
 * @param stepSeconds one training step, or one decode iteration
 * @param partsSeconds what the step consists of, in the order of the contract; adds up to {@code stepSeconds}
 * @param modelFlopsUtilization 6 operations per matrix parameter and token, over the peak
 * @param modelFlopsUtilizationWithAttention the same with attention's own operations
 * @param busBytesPerSecond that all cards send, over every network; while serving those of decode
 * @param linkLatencySeconds end to end {@code same_node}, {@code across_nodes} and {@code scale_out}, and {@code per_hop}
 */
public record Answer(
        String scenario,
        String machine,
        String workload,
        int cards,
        double peakFlops,
        double memoryBytes,
        double powerWatts,
        OptionalDouble stepSeconds,
        Map<String, Double> partsSeconds,
        OptionalDouble tokensPerSecond,
        OptionalDouble tokensPerSecondPerCard,
        OptionalDouble modelFlopsUtilization,
        OptionalDouble modelFlopsUtilizationWithAttention,
        OptionalDouble timePerOutputTokenSeconds,
        OptionalDouble busBytesPerSecond,
        Map<String, Double> linkLatencySeconds) {
    /** A machine's latencies by the names of the contract. */
    static Map<String, Double> latencies(Machine machine) {
        Map<String, Double> latencies = new LinkedHashMap<>();
        latencies.put("same_node", machine.sameNode().latencyNanos() * 1e-9);
        latencies.put("across_nodes", machine.betweenNodes().latencyNanos() * 1e-9);
        latencies.put("scale_out", machine.scaleOut().latencyNanos() * 1e-9);
        latencies.put("per_hop", machine.hopLatencyNanos() * 1e-9);
        return latencies;
    }
}
