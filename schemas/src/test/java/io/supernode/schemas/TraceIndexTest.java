package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TraceIndexTest {
    @Test
    void theBlockForATimeIsTheLastBeforeWhichNothingEndsAtItOrLater() {
        TraceIndex index = new TraceIndex(
                new long[] {10, 20, 30, 40}, new long[] {0, 5, 6, 9}, new long[] {Long.MIN_VALUE, 100, 100, 300});
        assertThat(index.blockFor(Long.MIN_VALUE)).isEqualTo(-1);
        assertThat(index.blockFor(0)).isZero();
        // something in the first block ends at 100 itself
        assertThat(index.blockFor(100)).isZero();
        assertThat(index.blockFor(101)).isEqualTo(2);
        assertThat(index.blockFor(300)).isEqualTo(2);
        assertThat(index.blockFor(Long.MAX_VALUE)).isEqualTo(3);
        assertThat(TraceIndex.NONE.blockFor(7)).isEqualTo(-1);
    }

    @Test
    void itComesBackFromABlock() throws UnreadableException {
        TraceBlock block = new TraceBlock(TraceSchemas.union());
        block.open(TraceSchemas.encoded(Golden.INDEX), 1);
        assertThat(block.next()).isTrue();
        assertThat(block.isIndex()).isTrue();
        assertThat(block.index()).isEqualTo(Golden.INDEX);
        assertThat(block.next()).isFalse();
    }

    @Test
    void listsThatDoNotBelongTogetherAreRefused() {
        assertThatThrownBy(() -> new TraceIndex(new long[1], new long[2], new long[1]))
                .hasMessage("must be equally long: offsets=1 recordsBefore=2 endNanosBefore=1");
        assertThatThrownBy(() -> new TraceIndex(new long[] {2, 1}, new long[2], new long[2]))
                .hasMessage("must be ascending: offsets=1 after 2");
        // one entry with offset -1, in Avro's encoding: branch 7, then three lists of one
        assertThatThrownBy(() -> {
                    TraceBlock block = new TraceBlock(TraceSchemas.union());
                    block.open(ByteBuffer.wrap(new byte[] {14, 2, 1, 0, 2, 0, 0, 2, 0, 0}), 1);
                    block.next();
                })
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("must be >= 0: offsets=-1");
    }
}
