package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.analytics.FrameSequence.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameSequenceTest {
    private final FrameSequence sequence = new FrameSequence();

    private Verdict note(long number) {
        return sequence.note(number, 0);
    }

    @Test
    void oneAfterTheOtherIsExpectedWhereverReadingBegins() {
        assertThat(note(17)).isEqualTo(Verdict.EXPECTED);
        assertThat(note(18)).isEqualTo(Verdict.EXPECTED);
        assertThat(sequence.next()).isEqualTo(19);
    }

    @Test
    void whatComesTwiceIsARepetition() {
        note(0);
        note(1);
        assertThat(note(1)).isEqualTo(Verdict.REPEATED);
        assertThat(note(0)).isEqualTo(Verdict.REPEATED);
        assertThat(note(2)).isEqualTo(Verdict.EXPECTED);
    }

    @Test
    void aGapIsToldOnceAndMayBeFilledOnce() {
        note(0);
        assertThat(note(5)).isEqualTo(Verdict.AFTER_GAP);
        assertThat(note(6)).isEqualTo(Verdict.EXPECTED);
        assertThat(note(3)).isEqualTo(Verdict.FILLS_GAP);
        assertThat(note(3)).isEqualTo(Verdict.REPEATED);
        assertThat(note(1)).isEqualTo(Verdict.FILLS_GAP);
        assertThat(note(4)).isEqualTo(Verdict.FILLS_GAP);
        assertThat(note(2)).isEqualTo(Verdict.FILLS_GAP);
        assertThat(sequence.state(0, 0, 0, 0).gaps()).isEmpty();
    }

    @Test
    void aSenderThatTellsAnAbsurdNumberIsUnderstoodAgainWhenItGoesOn() {
        note(0);
        assertThat(note(Long.MAX_VALUE)).isEqualTo(Verdict.AFTER_GAP);
        assertThat(note(1)).isEqualTo(Verdict.FILLS_GAP);
        assertThat(note(2)).isEqualTo(Verdict.FILLS_GAP);
        assertThat(note(2)).isEqualTo(Verdict.REPEATED);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void inAnyOrderEveryNumberIsNewOnceAndThenNotAgain(long seed) {
        List<Long> numbers = new ArrayList<>();
        for (long n = 0; n < 500; n++) {
            numbers.add(n);
        }
        Collections.shuffle(numbers, new Random(seed));
        FrameSequence restored = sequence;
        for (int i = 0; i < numbers.size(); i++) {
            if (i % 100 == 99) {
                restored = new FrameSequence(restored.state(1, 2, 3, 0));
            }
            assertThat(restored.note(numbers.get(i), 0)).isNotEqualTo(Verdict.REPEATED);
        }
        for (long n : numbers) {
            assertThat(restored.note(n, 0)).isEqualTo(Verdict.REPEATED);
        }
        assertThat(restored.state(1, 2, 3, 0).gaps()).isEmpty();
        assertThat(restored.next()).isEqualTo(500);
    }

    @Test
    void memoryOfGapsHasABoundAndWhatFallsOutIsPutAsideNotCountedTwice() {
        for (long n = 0; n < 10_000; n += 2) {
            note(n);
        }
        assertThat(sequence.state(0, 0, 0, 0).gaps()).hasSize(2 * 1024);
        assertThat(note(9_997)).isEqualTo(Verdict.FILLS_GAP);
        assertThat(note(1)).isEqualTo(Verdict.REPEATED);
    }
}
