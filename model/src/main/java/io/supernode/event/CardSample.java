package io.supernode.event;

/**
 * What a card's gauges and link counters said at the end of an interval. It is a sign of life too: a card that sends none
 * is lost, or its telemetry is. Times are event time: nanoseconds from the run's start.
 *
 * @param card index of the card in its supernode, from 0
 * @param endNanos when it was taken, the end of the interval
 * @param durationNanos length of the interval that shares and counters are of, &gt;= 0
 * @param computePpm share of the interval that the card computed, parts per million, 0 to 1,000,000
 * @param hbmPpm share of the memory's peak bandwidth that was used in the interval, parts per million, 0 to 1,000,000
 * @param clockMegahertz clock of the cores
 * @param temperatureMillicelsius temperature of the card, thousandths of a degree Celsius; may be negative
 * @param powerMilliwatts mean power of the card in the interval
 * @param hbmUsedBytes memory in use
 * @param sentBytes bytes that left the card over all links in the interval
 * @param receivedBytes bytes that reached the card over all links in the interval
 * @param linkErrors checksum errors and retries on all links in the interval
 * @param planesDown one bit per plane of the bus: bit p is set while the card's link to plane p is down
 */
public record CardSample(
        int card,
        long endNanos,
        long durationNanos,
        int computePpm,
        int hbmPpm,
        int clockMegahertz,
        int temperatureMillicelsius,
        long powerMilliwatts,
        long hbmUsedBytes,
        long sentBytes,
        long receivedBytes,
        int linkErrors,
        int planesDown) {}
