package io.supernode.workload;

/** What a machine is given to do. */
public sealed interface Workload permits TrainingWorkload, ServingWorkload, DecodeWorkload, PrefillWorkload {
    /** As scenarios write it: {@code llama3-405b}. */
    String name();
}
