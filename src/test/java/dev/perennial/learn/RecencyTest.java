// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks whose policy says that they drift. */
final class RecencyTest {
    private static final List<String> WARM = List.of("sun", "beach", "summer", "heat");
    private static final List<String> COLD = List.of("snow", "ice", "winter", "frost");
    private static final List<String> FILLING = List.of("the", "is", "here", "again", "today", "very", "much", "we");

    private final Random random = new Random(7);

    private static Task drifting() {
        Task plain = task(Kind.CLASSIFICATION, InputKind.TEXT, "in", "out");
        return plain.withPolicy(Policy.DEFAULT.withLearning(new Policy.Learning(OptionalDouble.empty(), true)));
    }

    /** @param swapped whether cold is what warm was before */
    private List<Teaching> lesson(int count, boolean swapped) {
        List<Teaching> lesson = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean warm = random.nextBoolean();
            lesson.add(teaching(text(warm ? WARM : COLD), warm == swapped ? "out" : "in"));
        }
        return lesson;
    }

    private String text(List<String> words) {
        return any(words) + " " + any(FILLING) + " " + any(FILLING) + " " + any(words) + " " + random.nextInt(1000);
    }

    private String any(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    private static double right(School school, List<Teaching> questions) {
        return questions.stream()
                .mapToDouble(question -> school.predict(question.input().text().value())
                                .label()
                                .map(label -> label.equals(label(question)))
                                .orElse(false)
                        ? 1
                        : 0)
                .average()
                .orElseThrow();
    }

    private static String label(Teaching teaching) {
        return ((dev.perennial.task.Answer.OneLabel) teaching.answer()).label();
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 2000})
    void whatChanged_isAnsweredAsItIsNow_andWithoutDriftAsItWasMostOfTheTime(int kernelRows) {
        FitSettings settings = settings(kernelRows);
        List<Teaching> before = lesson(300, false);
        List<Teaching> after = lesson(80, true);
        List<Teaching> questions = lesson(40, true);
        try (School drifting = School.open(settings);
                School steady = School.open(settings)) {
            drifting.teacher().define(drifting());
            steady.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT, "in", "out"));
            for (School school : List.of(drifting, steady)) {
                school.teach(before);
                school.teach(after);
            }
            assertThat(right(drifting, questions)).isGreaterThan(0.9);
            assertThat(right(steady, questions)).isLessThan(0.5);
        }
    }

    @Test
    void withoutAChange_answersAreThoseOfATaskThatDoesNotDrift() {
        List<Teaching> lesson = lesson(300, false);
        try (School drifting = School.open(settings(2000));
                School steady = School.open(settings(2000))) {
            drifting.teacher().define(drifting());
            steady.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT, "in", "out"));
            drifting.teach(lesson);
            steady.teach(lesson);
            List<LabelProbability> expected = steady.predict("the sun is here").labels();
            assertThat(drifting.predict("the sun is here").labels()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 2000})
    void theSameExamplesInTheSameOrder_areTheSame_howeverTheyCame(int kernelRows) {
        List<Teaching> lesson = lesson(200, false);
        lesson.addAll(lesson(70, true));
        try (School atOnce = School.open(settings(kernelRows));
                School byAndBy = School.open(settings(kernelRows))) {
            atOnce.teacher().define(drifting());
            atOnce.teach(lesson);
            byAndBy.teacher().define(drifting());
            for (int from = 0; from < lesson.size(); from += 90) {
                byAndBy.teach(lesson.subList(from, from + 90));
            }
            assertThat(byAndBy.digest()).isEqualTo(atOnce.digest());
            List<String> more = byAndBy.teach(lesson(20, true)).rows().stream()
                    .map(TeachingOutcome.Row::exampleId)
                    .toList();
            assertThat(byAndBy.digest()).isNotEqualTo(atOnce.digest());
            more.forEach(id -> byAndBy.teacher().forget(School.TASK, id));
            assertThat(byAndBy.digest()).isEqualTo(atOnce.digest());
            try (School again = byAndBy.restarted()) {
                assertThat(again.digest()).isEqualTo(atOnce.digest());
                assertThat(again.teacher().ledgerBytes()).as("recalled").isZero();
            }
        }
    }

    @Test
    void aPolicyThatSaysSo_isFollowedAtOnce_andTakenBack() {
        Policy plain = Policy.DEFAULT;
        try (School school = School.open(settings(2000))) {
            school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT, "in", "out"));
            school.teach(lesson(300, false));
            school.teach(lesson(80, true));
            String steady = school.digest();
            school.teacher()
                    .setPolicy(School.TASK, plain.withLearning(new Policy.Learning(OptionalDouble.empty(), true)));
            assertThat(school.digest()).isNotEqualTo(steady);
            assertThat(right(school, lesson(40, true))).isGreaterThan(0.9);
            school.teacher().setPolicy(School.TASK, plain);
            assertThat(school.digest()).isEqualTo(steady);
        }
    }

    @Test
    void aCapThatLeavesExamplesWithoutWeight_keepsNobodyFromChoosing() {
        List<Teaching> lesson = new ArrayList<>();
        for (Teaching teaching : lesson(300, false)) {
            lesson.add(random.nextInt(5) == 0 ? teaching : teaching.from(Optional.of(new SourceName("loud"))));
        }
        List<Teaching> after = lesson(80, true);
        try (School school = School.open(settings(2000))) {
            school.teacher().define(drifting());
            school.teacher()
                    .setPolicy(
                            School.TASK,
                            Policy.DEFAULT.withLearning(new Policy.Learning(OptionalDouble.of(0.1), true)));
            school.teach(lesson);
            school.teach(after);
            assertThat(right(school, lesson(40, true))).isGreaterThan(0.9);
        }
    }

    private static FitSettings settings(int kernelRows) {
        FitSettings small = School.SMALL;
        return new FitSettings(
                kernelRows,
                small.jointFeatures(),
                small.memberFeatures(),
                small.staticFeatures(),
                small.heldOutRows(),
                small.widths(),
                small.ridges(),
                small.featureRidges(),
                small.descriptionWeight());
    }
}
