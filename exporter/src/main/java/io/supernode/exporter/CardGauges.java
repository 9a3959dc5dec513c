package io.supernode.exporter;

/**
 * What a card's gauges said last.
 *
 * @param endNanos event time of the sample
 * @param temperatureCelsius of the card; may be negative
 * @param clockHertz of the cores; 0 where the card does not tell it
 * @param hbmUsedBytes memory in use
 */
public record CardGauges(long endNanos, double temperatureCelsius, double clockHertz, long hbmUsedBytes) {}
