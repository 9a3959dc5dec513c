package io.supernode.workload;

/**
 * How a training job is cut over cards: tensor-parallel ranks next to each other, then pipeline stages, then replicas
 * (the order of Llama 3, arXiv 2407.21783 section 3.3.2: innermost needs the most bandwidth).
 */
public record Layout(int tensor, int pipeline, int data) {
    public int cards() {
        return tensor * pipeline * data;
    }

    public int card(int replica, int stage, int tensorRank) {
        return (replica * pipeline + stage) * tensor + tensorRank;
    }

    public int tensorRank(int card) {
        return card % tensor;
    }

    public int stage(int card) {
        return card / tensor % pipeline;
    }

    public int replica(int card) {
        return card / (tensor * pipeline);
    }
}
