package io.supernode.event;

/**
 * The kinds of events that cards report. The order is that of digests and of stored state: append only. Each kind has a topic and a frame schema of its own, because a stream holds
 * one concrete record.
 */
public enum EventKind {
    /** Work of one card on its own cores: {@link ComputeEvent}. */
    COMPUTE,
    /** A transfer or collective as one card saw it: {@link BusEvent}. */
    BUS,
    /** One training or decode step as one card saw it: {@link StepEvent}. */
    STEP,
    /** One served request: {@link RequestEvent}. */
    REQUEST,
    /** A card's gauges and link counters, once a second: {@link CardSample}. */
    SAMPLE,
    /** The truth about a disturbance that was injected: {@link FaultEvent}. */
    FAULT
}
