package io.supernode.ingest.kafka;

/**
 * What was put aside of one run.
 *
 * @param records frames, or what came in their place
 * @param events in those of them whose number of events is known
 * @param recordsOfUnknownCount those that could not be read so far as to count their events
 */
public record DeadLetters(long records, long events, long recordsOfUnknownCount) {}
