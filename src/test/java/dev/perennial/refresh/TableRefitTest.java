// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.FakeTableEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import dev.perennial.refresh.AskedQuestions.Question;
import dev.perennial.refresh.TableRefit.Refitted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TableRefitTest {
    private static final long SEED = Long.getLong("perennial.seed", 3);

    private final Random random = new Random(SEED);
    private final TableEncoder serving = FakeTableEncoder.random(1);
    private final TableEncoder truth = FakeTableEncoder.random(2);

    /** Texts of words w0 to w99, with what the other table says of them. */
    private List<Question> questions(int count, boolean meaningful) {
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Passage text = text();
            float[] vector =
                    truth.encode(List.of(meaningful ? text : text())).get(0).vector();
            questions.add(new Question(i, serving.pieces(text), vector, "teacher"));
        }
        return questions;
    }

    private Passage text() {
        StringBuilder text = new StringBuilder("w" + random.nextInt(100));
        for (int word = 0; word < 3; word++) {
            text.append(" w").append(random.nextInt(100));
        }
        return Passage.of(text.toString());
    }

    @Test
    void refit_comesNearerToTheTeacher_onQuestionsThatItHasNotSeen() {
        Refitted refitted = TableRefit.refit(serving, questions(600, true), 0);

        assertThat(refitted.isNearer()).as("seed %d", SEED).isTrue();
        assertThat(refitted.cosineAfter()).isGreaterThan(refitted.cosineBefore() + 0.5);
        assertThat(refitted.heldOut()).isEqualTo(60);
        assertThat(refitted.learntFrom()).isEqualTo(540);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 30", "19, 270", "-1, 270"})
    void heldOutCosine_isThatOfTheVectorsThatTheCandidateGives_forTheTenthOfTheSeed(long seed, int from) {
        List<Question> questions = questions(300, true);
        Refitted refitted = TableRefit.refit(serving, questions, seed);
        assertThat(refitted.candidate().row(serving.pieces(Passage.of("w1"))[0]))
                .isNotEqualTo(serving.row(serving.pieces(Passage.of("w1"))[0]));
        assertThat(refitted.candidate().row(serving.pieces(Passage.of("never-asked"))[0]))
                .isEqualTo(serving.row(serving.pieces(Passage.of("never-asked"))[0]));
        double sum = 0;
        for (Question question : questions.subList(from, from + 30)) {
            double[] mean = new double[FakeTableEncoder.DIMENSION];
            double squares = 0;
            double product = 0;
            for (int k = 0; k < mean.length; k++) {
                for (int piece : question.pieces()) {
                    mean[k] += refitted.candidate().row(piece)[k];
                }
                squares += mean[k] * mean[k];
                product += mean[k] * question.vector()[k];
            }
            sum += product / Math.sqrt(squares);
        }
        assertThat(refitted.cosineAfter()).isCloseTo(sum / 30, within(1e-9));
    }

    @Test
    void aTableThatIsRight_isNotImprovedByATeacherOfNoise() {
        List<Question> noise = questions(300, false);
        Refitted refitted = TableRefit.refit(truth, noise, 0);

        // Held back, it may move a little by chance, and by no more.
        assertThat(refitted.cosineAfter()).as("seed %d", SEED).isLessThan(refitted.cosineBefore() + 0.1);
    }
}
