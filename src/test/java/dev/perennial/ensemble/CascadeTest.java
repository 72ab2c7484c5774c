// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.math.Platt;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CascadeTest {
    private static final double[] SURE = {0.9999, 0.00005, 0.00005};
    private static final double[] UNSURE = {0.4, 0.35, 0.25};

    @Test
    void margin_isTheGapOfLogProbabilities_orTheSmallestLogOdds() {
        assertThat(Cascade.margin(Kind.CLASSIFICATION, new double[] {0.2, 0.6, 0.2}))
                .isCloseTo(Math.log(3), within(1e-12));
        assertThat(Cascade.margin(Kind.MULTILABEL, new double[] {0.9, 0.25, 0.99}))
                .isCloseTo(Math.log(3), within(1e-12));
        assertThat(Cascade.margin(Kind.CLASSIFICATION, new double[] {1})).isGreaterThan(100);
        assertThat(Cascade.margin(Kind.CLASSIFICATION, new double[] {1, 0})).isGreaterThan(100);
    }

    @Test
    void same_isTheMostProbableLabel_orAllThatApply() {
        assertThat(Cascade.isSame(Kind.CLASSIFICATION, new double[] {0.6, 0.4}, new double[] {0.9, 0.1}))
                .isTrue();
        assertThat(Cascade.isSame(Kind.CLASSIFICATION, new double[] {0.4, 0.6}, new double[] {0.9, 0.1}))
                .isFalse();
        assertThat(Cascade.isSame(Kind.MULTILABEL, new double[] {0.9, 0.6}, new double[] {0.9, 0.4}))
                .isFalse();
        assertThat(Cascade.isSame(Kind.MULTILABEL, new double[] {0.9, 0.3}, new double[] {0.9, 0.4}))
                .isTrue();
    }

    @Test
    void withFewExamples_nothingStopsEarly() {
        assertThat(Cascade.of(perfect(298), Kind.CLASSIFICATION, Policy.DEFAULT).isOpen())
                .isFalse();
        assertThat(Cascade.of(perfect(299), Kind.CLASSIFICATION, Policy.DEFAULT).isOpen())
                .isTrue();
        assertThat(Cascade.of(Agreement.NONE, Kind.CLASSIFICATION, Policy.DEFAULT)
                        .isOpen())
                .isFalse();
    }

    @Test
    void shares_sayWhichStageAnswersHowMany() {
        Platt asItIs = new Platt(1, 0);
        boolean[] same = {true, true, true, true};
        Agreement evidence = new Agreement(
                List.of(
                        new Agreement.ByExample(new double[] {3, 1, 1, 5}, new double[4], same),
                        new Agreement.ByExample(new double[] {0, 2, 1, 0}, new double[4], same)),
                new double[4]);
        assertThat(new Cascade(List.of(asItIs, asItIs), 2).shares(evidence)).containsExactly(0.5, 0.25, 0.25);
        assertThat(new Cascade(List.of(asItIs, asItIs), Double.POSITIVE_INFINITY).shares(evidence))
                .containsExactly(1);
        assertThat(new Cascade(List.of(), Double.POSITIVE_INFINITY).shares(Agreement.NONE))
                .containsExactly(1);
    }

    @Test
    void theSureStop_andTheUnsureGoOn() {
        Cascade cascade = Cascade.of(noisy(2000, 11), Kind.CLASSIFICATION, Policy.DEFAULT);
        assertThat(cascade.stops(0, Kind.CLASSIFICATION, SURE)).isTrue();
        assertThat(cascade.stops(0, Kind.CLASSIFICATION, UNSURE)).isFalse();
    }

    @Test
    void theAgreedShareOfNewAnswers_isNotExceeded_andALowerOneIsStricter() {
        double exceeded = 0;
        for (int seed = 0; seed < 40; seed++) {
            Cascade cascade = Cascade.of(noisy(1000, seed), Kind.CLASSIFICATION, Policy.DEFAULT);
            exceeded += unlike(cascade, noisy(20_000, 1000 + seed)) > Policy.DEFAULT.cascadeRisk() ? 1 : 0;
            assertThat(Cascade.of(noisy(1000, seed), Kind.CLASSIFICATION, risk(0.005))
                            .bar())
                    .isGreaterThanOrEqualTo(cascade.bar());
        }
        // Of 40 trials with a chance of at most 0.05, more than 6 exceed with a probability of 0.003.
        assertThat(exceeded).isLessThanOrEqualTo(6);
        assertThat(Cascade.of(noisy(5000, 1), Kind.CLASSIFICATION, risk(0)).isOpen())
                .isFalse();
    }

    @Test
    void whereErrorsHaveCostsOfTheirOwn_nothingStopsEarly() {
        Policy costs =
                new Policy(0.9, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of("a", Map.of("b", 5.0)));
        assertThat(Cascade.of(perfect(2000), Kind.CLASSIFICATION, costs).isOpen())
                .isFalse();
    }

    @Test
    void abstainingAlone_countsAsAnotherAnswer() {
        Agreement timid = perfect(2000, 0.8);
        Policy abstaining = new Policy(0.9, OptionalDouble.of(0.9), 0.01, OptionalDouble.empty(), Map.of());
        Policy byCost = new Policy(0.9, OptionalDouble.empty(), 0.01, OptionalDouble.of(0.1), Map.of());
        assertThat(Cascade.of(timid, Kind.CLASSIFICATION, Policy.DEFAULT).isOpen())
                .isTrue();
        assertThat(Cascade.of(timid, Kind.CLASSIFICATION, abstaining).stops(0, Kind.CLASSIFICATION, SURE))
                .isFalse();
        assertThat(Cascade.of(timid, Kind.CLASSIFICATION, byCost).stops(0, Kind.CLASSIFICATION, SURE))
                .isFalse();
    }

    @Test
    void severalLabels_areNeverAbstainedFrom_soTheyHaveToBeTheSame() {
        Agreement other = perfect(2000, 0.8);
        boolean[] same = new boolean[2000];
        Agreement differing = new Agreement(
                List.of(new Agreement.ByExample(other.stages().get(0).margin(), all(2000, 0.8), same)), all(2000, 0.8));
        Policy abstaining = new Policy(0.9, OptionalDouble.of(0.9), 0.01, OptionalDouble.empty(), Map.of());
        assertThat(Cascade.of(differing, Kind.CLASSIFICATION, abstaining).stops(0, Kind.CLASSIFICATION, SURE))
                .isTrue();
        assertThat(Cascade.of(differing, Kind.MULTILABEL, abstaining).stops(0, Kind.MULTILABEL, SURE))
                .isFalse();
    }

    @Test
    void everyAnswerMayBeGiven_whereFewEnoughDiffer_andThereIsEvidence() {
        assertThat(mayAlwaysStop(298, 0, Policy.DEFAULT)).isFalse();
        assertThat(mayAlwaysStop(299, 0, Policy.DEFAULT)).isTrue();
        // Of 1000, four are expected to differ in fewer than one case of twenty when it is one in a hundred.
        assertThat(mayAlwaysStop(1000, 4, Policy.DEFAULT)).isTrue();
        assertThat(mayAlwaysStop(1000, 5, Policy.DEFAULT)).isFalse();
        assertThat(mayAlwaysStop(1000, 1000, Policy.DEFAULT)).isFalse();
        assertThat(mayAlwaysStop(1000, 4, risk(0.005))).isFalse();
        assertThat(mayAlwaysStop(1000, 0, risk(0))).isFalse();
        assertThat(Cascade.mayAlwaysStop(Agreement.NONE, Kind.CLASSIFICATION, Policy.DEFAULT))
                .isFalse();
        Policy costs =
                new Policy(0.9, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of("a", Map.of("b", 5.0)));
        assertThat(mayAlwaysStop(1000, 0, costs)).isFalse();
    }

    private static boolean mayAlwaysStop(int examples, int unlike, Policy policy) {
        List<double[]> full = Collections.nCopies(examples, new double[] {0.6, 0.4});
        List<double[]> stage = new ArrayList<>(full);
        for (int i = 0; i < unlike; i++) {
            stage.set(i, new double[] {0.4, 0.6});
        }
        return Cascade.mayAlwaysStop(
                Agreement.of(Kind.CLASSIFICATION, List.of(stage), full), Kind.CLASSIFICATION, policy);
    }

    @Test
    void agreement_isNoneOfScores_andWhereNothingIsAnswered() {
        List<double[]> scores = List.of(new double[] {0.5});
        assertThat(Agreement.of(Kind.REGRESSION, List.of(scores), scores)).isSameAs(Agreement.NONE);
        assertThat(Agreement.of(Kind.CLASSIFICATION, List.of(List.of()), List.of()))
                .isSameAs(Agreement.NONE);
    }

    private static Policy risk(double risk) {
        return new Policy(0.9, OptionalDouble.empty(), risk, OptionalDouble.empty(), Map.of());
    }

    /** A stage that always agrees. */
    private static Agreement perfect(int examples) {
        return perfect(examples, 0.99);
    }

    private static Agreement perfect(int examples, double ofStage) {
        double[] margin = new double[examples];
        Arrays.fill(margin, 5);
        boolean[] same = new boolean[examples];
        Arrays.fill(same, true);
        return new Agreement(
                List.of(new Agreement.ByExample(margin, all(examples, ofStage), same)), all(examples, 0.99));
    }

    private static double[] all(int examples, double value) {
        double[] all = new double[examples];
        Arrays.fill(all, value);
        return all;
    }

    /** Two stages that agree with a probability which grows with their margins, the second sooner. */
    private static Agreement noisy(int examples, int seed) {
        Random random = new Random(seed);
        return new Agreement(List.of(stage(random, examples, 1), stage(random, examples, 2)), all(examples, 0.99));
    }

    private static Agreement.ByExample stage(Random random, int examples, double slope) {
        double[] margin = random.doubles(examples, 0, 8).toArray();
        boolean[] same = new boolean[examples];
        for (int i = 0; i < examples; i++) {
            same[i] = random.nextDouble() < 1 / (1 + Math.exp(-slope * margin[i]));
        }
        return new Agreement.ByExample(margin, all(examples, 0.99), same);
    }

    private static double unlike(Cascade cascade, Agreement asked) {
        double unlike = 0;
        for (int i = 0; i < asked.examples(); i++) {
            for (int stage = 0; stage < 2; stage++) {
                double margin = asked.stages().get(stage).margin()[i];
                double p = 1 / (1 + Math.exp(-margin));
                if (cascade.stops(stage, Kind.CLASSIFICATION, new double[] {p, 1 - p})) {
                    unlike += asked.stages().get(stage).same()[i] ? 0 : 1;
                    break;
                }
            }
        }
        return unlike / asked.examples();
    }
}
