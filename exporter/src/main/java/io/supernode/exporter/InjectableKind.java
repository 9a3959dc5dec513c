package io.supernode.exporter;

/**
 * A kind of disturbance that can be injected, and what there is to say of one.
 *
 * @param kind its name in lower case, such as {@code slow_card}
 * @param hasCard whether it strikes a card, or the node of one
 * @param hasPlane whether it can be of one plane of the bus alone
 * @param hasStage whether it is of a pipeline stage
 * @param magnitude what its magnitude means, in a few words; empty where there is nothing to choose
 * @param usual the magnitude where none is given
 * @param least the lowest that is accepted
 * @param most the highest
 */
public record InjectableKind(
        String kind,
        boolean hasCard,
        boolean hasPlane,
        boolean hasStage,
        String magnitude,
        double usual,
        double least,
        double most) {}
