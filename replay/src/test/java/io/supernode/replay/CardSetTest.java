package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardSetTest {
    @Test
    void holdsTheRangesWithBothEnds() {
        CardSet cards = CardSet.parse("0-2, 32");
        assertThat(cards.contains(0)).isTrue();
        assertThat(cards.contains(2)).isTrue();
        assertThat(cards.contains(3)).isFalse();
        assertThat(cards.contains(32)).isTrue();
        assertThat(cards.contains(-1)).isFalse();
        assertThat(cards).isEqualTo(CardSet.parse("32,0,1,2")).isNotEqualTo(CardSet.ALL);
        assertThat(CardSet.parse("all")).isSameAs(CardSet.ALL);
        assertThat(CardSet.ALL.contains(Integer.MAX_VALUE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1,", "5-3", "a", "-1", "1-", "1000000", "1;2"})
    void refusesTheRestNamingThePart(String text) {
        assertThatThrownBy(() -> CardSet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "must be card indices 0 to 999999 and ascending ranges such as 0-15,32, or all: '")
                .hasMessageEndingWith("cards=" + text);
    }

    @Test
    void nodesAreTheirCards() {
        assertThat(CardSet.parse("0,2").ofNodes(8)).isEqualTo(CardSet.parse("0-7,16-23"));
        assertThat(CardSet.ALL.ofNodes(8).isAll()).isTrue();
    }
}
