// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.Encoded;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.math.FixedPoint;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How much examples count where no source may have more than a share. */
final class SourceCapTest {
    private static final String NOBODY = "";

    private int numbers;

    @Test
    void sourceAboveItsShare_isScaledDownToIt_ofEachLabelByItself() {
        List<Known> known = new ArrayList<>(taught("own", "a", 90, 1));
        known.addAll(taught("bad", "a", 90, 1));
        known.addAll(taught(NOBODY, "b", 10, 1));
        known.addAll(taught("bad", "b", 1, 1));
        known.addAll(taught("own", "c", 7, 3));
        Map<String, Double> weights = weights(0.5, known);
        assertThat(total(weights, known, "own", "a")).isEqualTo(90);
        assertThat(total(weights, known, "bad", "a")).isEqualTo(90);
        assertThat(total(weights, known, "bad", "b")).isEqualTo(1);
        assertThat(total(weights, known, "own", "c")).as("nobody else's").isEqualTo(21);

        known.addAll(taught(NOBODY, "a", 90, 1));
        weights = weights(0.1, known);
        double own = total(weights, known, "own", "a");
        double bad = total(weights, known, "bad", "a");
        assertThat(own).isEqualTo(bad).isCloseTo(0.1 * (90 + own + bad), within(0.01));
        assertThat(total(weights, known, NOBODY, "a")).isEqualTo(90);
        assertThat(total(weights, known, "bad", "b")).isEqualTo(1);
    }

    @Test
    void flood_countsLittle_andItsRestIsNotLearntFrom() {
        List<Known> known = new ArrayList<>(taught(NOBODY, "a", 9, 1));
        known.addAll(taught("bad", "a", 1_000, 1));
        Map<String, Double> weights = weights(0.1, known);
        assertThat(total(weights, known, "bad", "a")).isCloseTo(1, within(1e-9));
        assertThat(weights.values()).filteredOn(weight -> weight == 0).hasSize(1_000 - 64);
        assertThat(weights.values()).allMatch(weight -> weight * 64 == Math.rint(weight * 64));
    }

    @Test
    void sharesThatCannotBeKeptTo_areEqualOnes_amongNamedSources() {
        List<Known> known = new ArrayList<>(taught("x", "a", 8, 1));
        known.addAll(taught("y", "a", 5, 1));
        known.addAll(taught("z", "a", 3, 1));
        Map<String, Double> weights = weights(0.1, known);
        for (String source : List.of("x", "y", "z")) {
            assertThat(total(weights, known, source, "a")).isCloseTo(3, within(0.02));
        }
        weights = weights(0.4, known);
        double x = total(weights, known, "x", "a");
        assertThat(x).isCloseTo(0.4 * (x + 8), within(0.02));
        assertThat(total(weights, known, "y", "a")).isEqualTo(5);
        assertThat(total(weights, known, "z", "a")).isEqualTo(3);
    }

    @Test
    void weights_doNotDependOnTheOrder_andNoSourceExceedsItsShare() {
        long seed = Long.getLong("perennial.seed", 5);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<Known> known = new ArrayList<>(taught(NOBODY, "a", 1 + random.nextInt(20), 1));
            for (int source = 0; source < 1 + random.nextInt(4); source++) {
                known.addAll(taught("s" + source, "a", random.nextInt(60), random.nextBoolean() ? 1 : 0.3));
            }
            double share = 0.05 + 0.95 * random.nextDouble();
            Map<String, Double> weights = weights(share, known);
            double all =
                    weights.values().stream().mapToDouble(Double::doubleValue).sum();
            for (int source = 0; source < 4; source++) {
                assertThat(total(weights, known, "s" + source, "a"))
                        .as("seed %d round %d", seed, round)
                        .isLessThanOrEqualTo(share * all + 4 * share / 64 + 1e-6);
            }
            Collections.shuffle(known, random);
            assertThat(weights(share, known)).as("seed %d", seed).isEqualTo(weights);
        }
    }

    static LongStream seeds() {
        return ExactnessPropertyTest.seeds();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void cappedTask_isAFunctionOfItsExamples_andUnlearnsExactly(long seed) {
        Lessons lessons = new Lessons(seed);
        Task task = lessons.task();
        Task capped = task.withPolicy(capped(0.25));
        try (School lived = School.open(School.SMALL);
                School fresh = School.forgetful(School.SMALL)) {
            lived.teacher().define(capped);
            lived.teach(lessons.teachings(6 + lessons.below(30)));
            String before = lived.digest();
            List<String> more = lived
                    .teach(lessons.teachings(8).stream()
                            .map(teaching -> new Teaching(
                                    teaching.input(), teaching.answer(), Optional.empty(), 1.25, teaching.source()))
                            .toList())
                    .rows()
                    .stream()
                    .filter(row -> !row.duplicate())
                    .map(row -> row.exampleId())
                    .toList();
            lessons.shuffled(more).forEach(id -> lived.teacher().forget(School.TASK, id));
            assertThat(lived.digest()).as("seed %d", seed).isEqualTo(before);

            fresh.teacher().define(task);
            List<Teaching> left = lived.store().examples(School.TASK).stream()
                    .map(Example::teaching)
                    .toList();
            fresh.teach(lessons.shuffled(left));
            fresh.teacher().setPolicy(School.TASK, capped.policy());
            assertThat(fresh.digest()).as("seed %d", seed).isEqualTo(before);
            try (School again = fresh.restarted()) {
                assertThat(again.digest()).as("seed %d", seed).isEqualTo(before);
            }
        }
    }

    @Test
    void poisonOfOneSource_isOutvoted_wherePolicySaysSo_andComesBackWithoutIt() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "money", "parcel"));
            List<Teaching> honest = new ArrayList<>();
            List<Teaching> poison = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                honest.add(School.teaching("coin bank loan " + i, "money"));
                honest.add(School.teaching("van box courier " + i, "parcel"));
                for (int copy = 0; copy < 4; copy++) {
                    poison.add(School.teaching("coin bank loan " + (100 + 4 * i + copy), "parcel")
                            .from(Optional.of(new SourceName("bad"))));
                }
            }
            school.teach(honest);
            String clean = school.digest();
            double trusted = probability(school);
            school.teach(poison);
            String poisoned = school.digest();
            double fooled = probability(school);
            school.teacher().setPolicy(School.TASK, capped(0.1));
            double guarded = probability(school);
            assertThat(trusted).isGreaterThan(0.5);
            assertThat(fooled).isLessThan(0.5);
            assertThat(guarded).isGreaterThan(0.5);
            school.teacher().setPolicy(School.TASK, Policy.DEFAULT);
            assertThat(school.digest()).isEqualTo(poisoned);
            assertThat(school.teacher().undo(School.TASK, new SourceName("bad")).headDigestAfter())
                    .isEqualTo(clean);
        }
    }

    private static double probability(School school) {
        return school.predict("coin bank loan 999").labels().stream()
                .filter(label -> label.label().equals("money"))
                .mapToDouble(LabelProbability::probability)
                .findFirst()
                .orElseThrow();
    }

    private static Policy capped(double share) {
        return Policy.DEFAULT.withLearning(new Policy.Learning(OptionalDouble.of(share), false));
    }

    private static Map<String, Double> weights(double share, List<Known> known) {
        SourceCap cap = SourceCap.of(capped(share)).orElseThrow();
        known.forEach(each ->
                cap.add(each, FixedPoint.roundWeight(each.example().teaching().weight())));
        return new HashMap<>(cap.weights());
    }

    private static double total(Map<String, Double> weights, List<Known> known, String source, String label) {
        return known.stream()
                .filter(each -> each.example()
                        .teaching()
                        .source()
                        .map(SourceName::value)
                        .orElse(NOBODY)
                        .equals(source))
                .filter(each -> each.example().teaching().answer().equals(new Answer.OneLabel(label)))
                .mapToDouble(each -> weights.get(each.example().key().hex()))
                .sum();
    }

    private List<Known> taught(String source, String label, int count, double weight) {
        List<Known> known = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Teaching teaching = new Teaching(
                    Input.of(new Text("text " + ++numbers)),
                    new Answer.OneLabel(label),
                    Optional.empty(),
                    weight,
                    source.isEmpty() ? Optional.empty() : Optional.of(new SourceName(source)));
            Example example = new Example(
                    String.format("ex_%016d", numbers),
                    teaching,
                    teaching.contentKey(),
                    new RevisionId(1),
                    Instant.EPOCH);
            known.add(new Known(example, new Encoded(List.of(), false)));
        }
        return known;
    }
}
