package io.supernode.workload;

/**
 * The state of a training job, written to storage at the end of some steps while all cards wait: weights in 2 bytes and
 * optimizer state in 12, each once, every replica its share.
 *
 * @param everySteps steps from one to the next; 0 for none
 * @param bytesPerSecond what storage takes of all cards together
 */
public record Checkpoint(int everySteps, double bytesPerSecond) {
    public static final Checkpoint NONE = new Checkpoint(0, 1);

    /** A parameter: weights in bf16, and master copy, momentum and variance in 4 bytes each. */
    public static final int BYTES_PER_PARAMETER = 2 + 12;

    /**
     * What a node's own way to storage takes, one way: 400 Gb/s of the VPC plane per node (CloudMatrix384, arXiv 2506.12708
     * v2 section 3). The storage behind it may be slower: its makers measured 2.5 GB/s of one bucket.
     */
    public static final double NODE_BYTES_PER_SECOND = 50e9;

    public Checkpoint {
        if (everySteps < 0) {
            throw new IllegalArgumentException("must be >= 0: everySteps=" + everySteps);
        }
        if (!(bytesPerSecond > 0)) {
            throw new IllegalArgumentException("must be > 0: bytesPerSecond=" + bytesPerSecond);
        }
    }

    /** Whether one is written at the end of a step, counted from 0. */
    public boolean follows(int step) {
        return everySteps > 0 && (step + 1L) % everySteps == 0;
    }
}
