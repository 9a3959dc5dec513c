package io.supernode.exporter;

/**
 * A disturbance that somebody asks for.
 *
 * @param kind its name in lower case, such as {@code slow_card}
 * @param card the first card concerned, from 0; -1 not said
 * @param cards cards concerned from there on; 0 all, -1 not said
 * @param plane plane of the bus, from 0; -1 all
 * @param stage pipeline stage, from 0; -1 none
 * @param magnitude as the kind defines it, such as 1.5 for a card half as slow again; NaN for its default
 * @param seconds event time after which it ends by itself; infinite while it is not cleared
 */
public record Injection(String kind, int card, int cards, int plane, int stage, double magnitude, double seconds) {}
