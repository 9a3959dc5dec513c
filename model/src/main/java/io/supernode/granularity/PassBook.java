package io.supernode.granularity;

/**
 * Who passes what together: cards {@code unit · cardsOfUnit} to the next unit's first go through the same passes in the same
 * order, and take part in the same collectives.
 */
public interface PassBook {
    int cards();

    /** Cards that go through a pass together. */
    int cardsOfUnit();

    /**
     * A pass of a unit.
     *
     * @param pass passes of the step before it
     */
    PassPlan plan(int unit, int pass);

    /** More than any number of a communicator: the collectives of a pass get numbers apart by it. */
    int groups();
}
