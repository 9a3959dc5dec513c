package io.supernode.workload;

/**
 * How a training job is cut over cards: tensor-parallel ranks next to each other, then the replicas that share their
 * experts, then pipeline stages, then blocks of such replicas (innermost needs the most bandwidth; without experts the
 * order of Llama 3, arXiv 2407.21783 section 3.3.2).
 *
 * @param tensor ranks that share each matrix
 * @param pipeline stages
 * @param data replicas
 * @param expert replicas that hold each expert once among them, a divisor of {@code data}
 * @param virtual chunks of layers of each stage: stage {@code s} of {@code p} holds the chunks {@code s, s + p, ...}
 */
public record Layout(int tensor, int pipeline, int data, int expert, int virtual) {
    /** Without expert parallelism, with one chunk per stage. */
    public Layout(int tensor, int pipeline, int data) {
        this(tensor, pipeline, data, 1, 1);
    }

    public int cards() {
        return tensor * pipeline * data;
    }

    /** Chunks of layers in all, in the order in which a microbatch passes them. */
    public int chunks() {
        return pipeline * virtual;
    }

    public int stageOfChunk(int chunk) {
        return chunk % pipeline;
    }

    public int card(int replica, int stage, int tensorRank) {
        int block = replica / expert;
        return ((block * pipeline + stage) * expert + replica % expert) * tensor + tensorRank;
    }

    public int tensorRank(int card) {
        return card % tensor;
    }

    public int stage(int card) {
        return card / (tensor * expert) % pipeline;
    }

    public int replica(int card) {
        int block = card / (tensor * expert * pipeline);
        return block * expert + card / tensor % expert;
    }
}
