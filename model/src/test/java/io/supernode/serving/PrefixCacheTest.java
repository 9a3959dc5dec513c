package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefixCacheTest {
    @Test
    void onlyTheLeadingBlocksCount() {
        PrefixCache cache = new PrefixCache(10);
        cache.keep(new int[] {1, 2, 3});
        assertThat(cache.leadingHits(new int[] {1, 2, 9, 3})).isEqualTo(2);
        assertThat(cache.leadingHits(new int[] {2, 3})).isEqualTo(2);
        assertThat(cache.leadingHits(new int[] {9, 1, 2, 3})).isZero();
        assertThat(cache.leadingHits(new int[0])).isZero();
    }

    @Test
    void theBlockUnusedForLongestGoesFirst() {
        PrefixCache cache = new PrefixCache(3);
        cache.keep(new int[] {1, 2, 3});
        assertThat(cache.leadingHits(new int[] {1})).isOne();
        cache.keep(new int[] {4});
        assertThat(cache.size()).isEqualTo(3);
        assertThat(cache.leadingHits(new int[] {2})).isZero();
        assertThat(cache.leadingHits(new int[] {1})).isOne();
    }

    @Test
    void withoutCapacityNothingIsKept() {
        PrefixCache cache = new PrefixCache(0);
        cache.keep(new int[] {1, 2, 3});
        assertThat(cache.size()).isZero();
        assertThat(cache.leadingHits(new int[] {1})).isZero();
    }
}
