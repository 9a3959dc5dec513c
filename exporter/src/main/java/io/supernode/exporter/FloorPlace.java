package io.supernode.exporter;

/**
 * Where a card stands. Racks stand in two rows, the second behind the first; a node is a column of its cards.
 *
 * @param x columns from the left: nodes of one row of racks, side by side
 * @param y rows from the front: cards of a node, the second row of racks after the first
 */
record FloorPlace(int node, int rack, int slot, int x, int y) {
    private static final int ROWS = 2;

    static FloorPlace of(int card, RunInfo info) {
        int node = card / info.cardsPerNode();
        int rack = node / info.nodesPerRack();
        int slot = card % info.cardsPerNode();
        // a machine of unknown size is one row that never ends
        int cardsPerRack = info.cardsPerNode() * info.nodesPerRack();
        int racks = (info.cards() + cardsPerRack - 1) / cardsPerRack;
        int racksPerRow = info.cards() == 0 ? Integer.MAX_VALUE : Math.max(1, (racks + ROWS - 1) / ROWS);
        return new FloorPlace(
                node,
                rack,
                slot,
                rack % racksPerRow * info.nodesPerRack() + node % info.nodesPerRack(),
                rack / racksPerRow * info.cardsPerNode() + slot);
    }
}
