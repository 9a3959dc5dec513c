package io.supernode.serving;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The prompt blocks whose keys and values are kept, all instances together: memory of the nodes, which every card
 * reaches over the bus (arXiv 2506.12708 section 4.4). The block that was not used for longest goes first.
 */
final class PrefixCache {
    private final int capacityBlocks;
    private final LinkedHashMap<Integer, Boolean> blocks;

    /** @param capacityBlocks blocks that are kept; 0 for no reuse */
    PrefixCache(int capacityBlocks) {
        this.capacityBlocks = capacityBlocks;
        blocks = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
                return size() > PrefixCache.this.capacityBlocks;
            }
        };
    }

    /** How many blocks of the prompt, from its first on, are kept; marks them as used. */
    int leadingHits(int[] prompt) {
        int hits = 0;
        while (hits < prompt.length && blocks.get(prompt[hits]) != null) {
            hits++;
        }
        return hits;
    }

    /** Keeps the blocks of a prompt that was processed. */
    void keep(int[] prompt) {
        for (int block : prompt) {
            blocks.put(block, Boolean.TRUE);
        }
    }

    int size() {
        return blocks.size();
    }
}
