// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ExercisesTest {
    private static final long SEED = Long.getLong("perennial.seed", 5);
    private static final int TEXTS = 400;
    private static final int BATCH = 8;
    private static final int DRAWS = 4000;

    /** A text of each length. */
    private static Objective.Classification objective() {
        List<Objective.LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            texts.add(new Objective.LabelledText(new TokenSequence(new long[i + 1], new long[i + 1]), i % 2));
        }
        return new Objective.Classification(texts, BATCH);
    }

    @Test
    void aBatch_holdsTextsOfLikeLength_andEachTextComesAsOften() {
        Exercises exercises =
                Exercises.of(objective(), texts -> FloatMatrix.zeros(texts.size(), 3), new SplittableRandom(SEED));
        SplittableRandom random = new SplittableRandom(SEED);
        int[] counts = new int[TEXTS];
        double width = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            Exercise exercise = exercises.draw(random);
            assertThat(exercise.texts()).hasSize(BATCH).doesNotHaveDuplicates();
            exercise.texts().forEach(text -> counts[text.length() - 1]++);
            IntSummaryStatistics lengths =
                    exercise.texts().stream().mapToInt(TokenSequence::length).summaryStatistics();
            width += (double) (lengths.getMax() - lengths.getMin()) / TEXTS / DRAWS;
        }
        // Eight of any length would spread over seven ninths of all lengths.
        assertThat(width).as("seed %d", SEED).isLessThan(0.3);
        double expected = (double) DRAWS * BATCH / TEXTS;
        for (int part = 0; part < 4; part++) {
            double mean = 0;
            for (int i = 0; i < TEXTS / 4; i++) {
                mean += counts[part * TEXTS / 4 + i] / (TEXTS / 4.0);
            }
            assertThat(mean).as("seed %d, part %d", SEED, part).isBetween(0.85 * expected, 1.15 * expected);
        }
    }
}
