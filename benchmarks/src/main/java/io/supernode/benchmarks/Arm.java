package io.supernode.benchmarks;

/** One way of doing the work, measured next to the others in one process. */
interface Arm {
    String name();

    /** What it does, in words; printed with the figures. */
    String does();

    /** What must be there before the work begins; not measured. */
    default void prepare() throws Exception {}

    /** Ends what {@link #prepare} began; not measured. */
    default void finish() throws Exception {}

    /**
     * Does the work once and checks that all of it was done: a fast wrong arm fails.
     *
     * @throws IllegalStateException when something is missing
     */
    Work run() throws Exception;

    /**
     * @param events events that went through
     * @param records Kafka records, or elements of a stream, that they travelled in
     * @param bytes size of these
     */
    record Work(long events, long records, long bytes) {}
}
