package io.supernode.window;

/** Where windows go when they are given. */
public interface WindowSink {
    void throughput(ThroughputWindow window);

    void latency(LatencyWindow window);
}
