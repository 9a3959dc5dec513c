package io.supernode.window;

import io.supernode.event.BusOp;

/** A duration of which windows hold the distribution. The order is the wire's: append only. */
public enum LatencyMetric {
    /** Length of whole steps. */
    STEP,
    /** Length of compute events. */
    COMPUTE,
    /** Length of bus events, wait and transit together. */
    BUS,
    /** The part of bus events spent waiting for late peers. */
    BUS_WAIT,
    /** From a request's arrival to its first token. */
    TIME_TO_FIRST_TOKEN,
    /** From first to last token, per token after the first. */
    TIME_PER_OUTPUT_TOKEN,
    /** Length of bus events of one operation, wait and transit together; from here on one metric per {@link BusOp}. */
    BUS_OTHER,
    ALL_REDUCE,
    ALL_GATHER,
    REDUCE_SCATTER,
    ALL_TO_ALL,
    DISPATCH,
    COMBINE,
    SEND,
    RECEIVE,
    BROADCAST,
    BARRIER,
    CACHE_TRANSFER;

    public static LatencyMetric of(BusOp op) {
        return switch (op) {
            case OTHER -> BUS_OTHER;
            case ALL_REDUCE -> ALL_REDUCE;
            case ALL_GATHER -> ALL_GATHER;
            case REDUCE_SCATTER -> REDUCE_SCATTER;
            case ALL_TO_ALL -> ALL_TO_ALL;
            case DISPATCH -> DISPATCH;
            case COMBINE -> COMBINE;
            case SEND -> SEND;
            case RECEIVE -> RECEIVE;
            case BROADCAST -> BROADCAST;
            case BARRIER -> BARRIER;
            case CACHE_TRANSFER -> CACHE_TRANSFER;
        };
    }

    /** True for the metrics that speak of one bus operation. */
    public boolean isBusOperation() {
        return ordinal() >= BUS_OTHER.ordinal();
    }
}
