// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MergeRuleTest {
    private static final long SEED = Long.getLong("perennial.seed", 20_261_122);

    private static final float[] NOW = {1, 2};
    private static final float[] BEFORE = {.9f, 2.1f};
    private static final float[] AVERAGE = {.5f, 1.5f};
    private static final float[] GRADIENT = {.1f, .2f};
    private static final float[] GRADIENT_BEFORE = {.3f, .1f};

    private final MergeRule.LciaPaper paper = new MergeRule.LciaPaper(0.99);
    private final MergeRule.LciaCode code = new MergeRule.LciaCode(0.01, 0.01);
    private final MergeRule.LineMerge line = new MergeRule.LineMerge();

    @Test
    void lciaPaper_givesTheTraceWorkedOutByHand() {
        // (0.3 + 1) / (1.0 * (0.3 / 0.2))
        assertThat(paper.retention(step(1))).isCloseTo(1.3 / 1.5, within(1e-6));
    }

    @Test
    void lciaCode_givesTheTraceWorkedOutByHand() {
        // 0.01 * (1 + 0.3) / (1.0 * 0.3) of the new values
        assertThat(code.retention(step(1))).isCloseTo(1 - 0.013 / 0.3, within(1e-6));
    }

    @Test
    void lciaPaper_isTheLeastOfItsOwnObjective() {
        // One element: F(b) = -b L' D + b^2 L'' D^2 / 2 + (1 - b) D with L'' as the quotient of gradients.
        double delta = 0.5;
        double slope = 0.4;
        double curvature = 6;
        DoubleUnaryOperator objective =
                b -> -b * slope * delta + b * b * curvature * delta * delta / 2 + (1 - b) * delta;
        TensorStep step = new TensorStep(delta, 0.1, slope, curvature * 0.1);

        assertThat(paper.retention(step)).isCloseTo(argmin(objective), within(1e-4));
    }

    @Test
    void lciaRules_fallBackWhereTheyLeaveTheOpenInterval() {
        TensorStep still = new TensorStep(0, 0, 0.1, 0);

        assertThat(paper.retention(still)).isEqualTo(0.99);
        assertThat(code.retention(still)).isEqualTo(0.99);
    }

    /**
     * The published failure: the share falls with the square of the number of elements, and small tensors fall back.
     */
    @Test
    void lciaCode_dependsOnTheNumberOfElements() {
        double once = 1 - code.retention(step(1));
        double twice = 1 - code.retention(step(2));

        assertThat(once).isCloseTo(0.04333, within(1e-4));
        assertThat(twice).isCloseTo(0.01333, within(1e-4));
    }

    @Test
    void lciaCode_fallsBackOnTensorsAsSmallAsAHead() {
        MergeRule.LciaCode published = new MergeRule.LciaCode(2, 0.01);

        assertThat(1 - published.retention(typical(768))).isCloseTo(0.01, within(1e-9));
        assertThat(1 - published.retention(typical(524_288))).isStrictlyBetween(0.0, 0.01);
    }

    /** The same failure of the paper's form: the 1 that it adds to a gradient outweighs small tensors. */
    @Test
    void lciaPaper_fallsBackOnTensorsAsSmallAsAHead() {
        assertThat(paper.retention(typical(768))).isEqualTo(0.99);
        assertThat(paper.retention(typical(524_288))).isStrictlyBetween(0.05, 0.2);
    }

    @Test
    void lineMerge_isTheLeastOfBothParabolas() {
        SplittableRandom random = new SplittableRandom(SEED);
        System.out.println("MergeRuleTest: perennial.seed=" + SEED);
        for (int round = 0; round < 50; round++) {
            TensorEvidence evidence = evidence(random, 7);

            assertThat(line.retention(evidence)).isCloseTo(argmin(sumOfLosses(evidence)), within(1e-4));
        }
    }

    @Test
    void lineMerge_doesNotDependOnTheNumberOfElements() {
        TensorEvidence once = evidence(new SplittableRandom(SEED), 5);
        TensorEvidence twice = new TensorEvidence(
                twice(once.old()),
                twice(once.now()),
                twice(once.gradient()),
                twice(once.oldFisher()),
                twice(once.newFisher()));

        assertThat(line.retention(twice)).isCloseTo(line.retention(once), within(1e-12));
    }

    @Test
    void lineMerge_doesNotDependOnTheUnitOfTheLoss() {
        TensorEvidence one = evidence(new SplittableRandom(SEED + 1), 5);
        TensorEvidence other = new TensorEvidence(
                one.old(), one.now(), times(8, one.gradient()), times(8, one.oldFisher()), times(8, one.newFisher()));

        assertThat(line.retention(other)).isCloseTo(line.retention(one), within(1e-12));
    }

    @Test
    void lineMerge_weighsByTheNumberOfExamplesWhereTheyAreAlike() {
        double[] perExample = {0.5, 2, 1};
        TensorEvidence evidence = new TensorEvidence(
                new float[3], new float[] {1, -1, 2}, new double[3], times(300, perExample), times(100, perExample));

        assertThat(line.retention(evidence)).isCloseTo(0.75, within(1e-12));
    }

    @Test
    void lineMerge_keepsTheOldWhereNothingIsKnown() {
        assertThat(line.retention(new TensorEvidence(
                        new float[2], new float[] {1, 1}, new double[2], new double[2], new double[2])))
                .isEqualTo(1);
    }

    @Test
    void evidence_ofDifferentLengthsIsRefused() {
        assertThatThrownBy(() ->
                        new TensorEvidence(new float[2], new float[2], new double[3], new double[2], new double[2]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void factor_makesTheMedianShareTheWantedOne() {
        MergeRule.LciaCode unscaled = new MergeRule.LciaCode(1, 0.5);
        double[] sizes = {700, 800, 900};
        double[] shares = Arrays.stream(sizes)
                .map(size -> 1e3 * (1 + size * 1e-4) / (size * size))
                .toArray();

        double factor = FactorSearch.factor(shares, FactorSearch.USUAL_SHARE);

        assertThat(factor * shares[1]).isCloseTo(0.01, within(1e-12));
        assertThat(unscaled.factor()).isEqualTo(1);
        assertThat(FactorSearch.factor(new double[] {Double.NaN, 0}, 0.01)).isEqualTo(1);
    }

    private static TensorStep step(int copies) {
        return new TensorStep(
                copies * TensorStep.distance(AVERAGE, NOW),
                copies * TensorStep.distance(BEFORE, NOW),
                copies * TensorStep.size(GRADIENT),
                copies * TensorStep.distance(GRADIENT_BEFORE, GRADIENT));
    }

    /** Elements that lie about 1e-3 apart and have gradients of about 1e-4. */
    private static TensorStep typical(int elements) {
        return new TensorStep(elements * 1e-3, elements * 1e-4, elements * 1e-4, elements * 1e-4);
    }

    private static TensorEvidence evidence(SplittableRandom random, int size) {
        float[] old = new float[size];
        float[] now = new float[size];
        double[] gradient = new double[size];
        double[] oldFisher = new double[size];
        double[] newFisher = new double[size];
        for (int i = 0; i < size; i++) {
            old[i] = (float) random.nextGaussian();
            now[i] = (float) random.nextGaussian();
            gradient[i] = 0.3 * random.nextGaussian();
            oldFisher[i] = random.nextDouble();
            newFisher[i] = random.nextDouble();
        }
        return new TensorEvidence(old, now, gradient, oldFisher, newFisher);
    }

    /** Of the new task around its own values, and of the old ones around theirs, at a point of the line. */
    private static DoubleUnaryOperator sumOfLosses(TensorEvidence evidence) {
        return retention -> IntStream.range(0, evidence.old().length)
                .mapToDouble(i -> {
                    double merged = retention * evidence.old()[i] + (1 - retention) * evidence.now()[i];
                    double fromNew = merged - evidence.now()[i];
                    double fromOld = merged - evidence.old()[i];
                    return evidence.gradient()[i] * fromNew
                            + evidence.newFisher()[i] * fromNew * fromNew / 2
                            + evidence.oldFisher()[i] * fromOld * fromOld / 2;
                })
                .sum();
    }

    private static double argmin(DoubleUnaryOperator objective) {
        return IntStream.rangeClosed(0, 20_000)
                .mapToObj(i -> i / 20_000.0)
                .min((a, b) -> Double.compare(objective.applyAsDouble(a), objective.applyAsDouble(b)))
                .orElseThrow();
    }

    private static float[] twice(float[] values) {
        float[] twice = Arrays.copyOf(values, 2 * values.length);
        System.arraycopy(values, 0, twice, values.length, values.length);
        return twice;
    }

    private static double[] twice(double[] values) {
        double[] twice = Arrays.copyOf(values, 2 * values.length);
        System.arraycopy(values, 0, twice, values.length, values.length);
        return twice;
    }

    private static double[] times(double factor, double[] values) {
        return Arrays.stream(values).map(value -> factor * value).toArray();
    }
}
