package io.supernode.workload;

/** A model that answers requests. */
public record ServingWorkload(String name) implements Workload {}
