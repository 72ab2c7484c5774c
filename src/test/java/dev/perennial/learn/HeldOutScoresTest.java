// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.blas.OpenBlas;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.math.Reference;
import dev.perennial.member.Head;
import dev.perennial.member.Query;
import dev.perennial.member.RandomFeatures;
import dev.perennial.member.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closed-form held-out scores of both forms of head against heads that are fitted anew without the rows. */
final class HeldOutScoresTest {
    private static final double WIDTH = 0.8;
    private static final double RIDGE = 0.1;
    private static final double TOLERANCE = 1e-8;
    private static final double SINGLE = 1e-5;
    private static final int EXAMPLES = 24;

    private final LinearAlgebra algebra = new OpenBlas(1L << 30);
    private final List<Row> rows = RandomRows.of(new Random(21), EXAMPLES, 3, 4);
    private final List<Row> examples = rows.subList(0, EXAMPLES);

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void kernelForm_isKernelRidgeRegression(int member) {
        FittedHead fitted = kernelFit(rows, view(member));
        assertSameScores(fitted.head(), kernelReference(rows, view(member)));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void kernelForm_leavesOutLikeARefit(int member) {
        View view = view(member);
        FittedHead fitted = kernelFit(rows, view);
        Kin kin = Kin.of(algebra, 0, examples, rows);
        for (int i = 0; i < EXAMPLES; i++) {
            Row row = rows.get(i);
            assertRow(
                    fitted.heldOutScores(),
                    i,
                    kernelFit(without(i), view).head().scores(new Query(row.features())));
            assertRow(
                    fitted.blockedOutScores(),
                    i,
                    kernelFit(without(kin.block(i)), view).head().scores(new Query(row.features())));
        }
    }

    @Test
    void headsThatShareAQuery_scoreAsIfAlone() {
        KernelFit.Support support = KernelFit.Support.of(rows, Kin.of(algebra, 0, examples, rows));
        Query shared = new Query(rows.get(3).features());
        for (int member : new int[] {0, -1, 1}) {
            Head head = new KernelFit(algebra, support, view(member))
                    .fit(WIDTH, RIDGE)
                    .head();
            Head other = kernelFit(rows.subList(2, 20), view(member)).head();
            assertThat(head.scores(shared))
                    .isEqualTo(head.scores(new Query(rows.get(3).features())));
            assertThat(other.scores(shared))
                    .isEqualTo(other.scores(new Query(rows.get(3).features())));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 40})
    void featureForm_isRidgeRegressionOverItsFeatures(int count) {
        FittedHead fitted = featureFit(rows, count);
        RandomFeatures features = new RandomFeatures(View.firsts(2), RandomRows.DIMENSION, count, WIDTH);
        int size = features.size();
        Matrix gram = Matrix.zeros(size, size);
        Matrix cross = Matrix.zeros(size, 4);
        for (Row row : rows) {
            double[] phi = features.of(List.of(row.features())).widened().data();
            for (int a = 0; a < size; a++) {
                for (int b = 0; b < size; b++) {
                    gram.add(a, b, row.weight() * phi[a] * phi[b]);
                }
                for (int c = 0; c < 4; c++) {
                    cross.add(a, c, row.weight() * phi[a] * row.target()[c]);
                }
            }
        }
        gram.addToDiagonal(RIDGE * size);
        Matrix weights = Reference.solved(gram, cross);
        for (Row row : rows) {
            Matrix phi = features.of(List.of(row.features())).widened();
            assertThat(fitted.head().scores(new Query(row.features())))
                    .containsExactly(Reference.product(phi, weights).row(0), within(TOLERANCE));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 40})
    void featureForm_leavesOutLikeARefit(int count) {
        FittedHead fitted = featureFit(rows, count);
        Kin kin = Kin.of(algebra, 0, examples.subList(0, 15), rows);
        for (int i = 0; i < 15; i++) {
            Row row = rows.get(i);
            List<Row> strangers = new ArrayList<>(rows);
            for (int member : kin.block(i)) {
                strangers.remove(kin.rows().get(member));
            }
            assertRow(
                    fitted.heldOutScores(),
                    i,
                    featureFit(without(i), count).head().scores(new Query(row.features())),
                    SINGLE);
            assertRow(
                    fitted.blockedOutScores(),
                    i,
                    featureFit(strangers, count).head().scores(new Query(row.features())),
                    SINGLE);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 20000", "1, 20000", "100, 20000", "1000, 2000", "100000, 20", "5000000, 1"})
    void answersHeldOut_areBounded_howeverManyOutputsThereAre(int outputs, int most) {
        assertThat(Learner.mostHeldOut(outputs)).isEqualTo(most);
    }

    @Test
    void withoutKin_scoresAreMadeOnce() {
        Ledger ledger = new Ledger(algebra, new RandomFeatures(View.firsts(2), RandomRows.DIMENSION, 10, WIDTH));
        ledger.become(rows, List.of("a", "b", "c", "d"), 4);
        FittedHead fitted = new GramFit(algebra, ledger, Kin.none(examples)).fit(RIDGE);
        assertThat(fitted.knowsNoKin()).isTrue();
    }

    @Test
    void kin_areTheNearCopies_andNeverDescriptions() {
        Kin kin = Kin.of(algebra, 0, examples, rows);
        assertThat(kin.kin().get(1)).contains(2);
        assertThat(kin.kin().get(2)).contains(1);
        assertThat(kin.kin().stream().flatMap(List::stream)).allMatch(row -> row < EXAMPLES);
        assertThat(kin.block(1)).startsWith(1).contains(2);
    }

    private FittedHead kernelFit(List<Row> some, View view) {
        List<Row> heldOut = some.stream().filter(Row::heldOut).toList();
        return new KernelFit(algebra, KernelFit.Support.of(some, Kin.of(algebra, 0, heldOut, some)), view)
                .fit(WIDTH, RIDGE);
    }

    private FittedHead featureFit(List<Row> some, int count) {
        Ledger ledger = new Ledger(algebra, new RandomFeatures(View.firsts(2), RandomRows.DIMENSION, count, WIDTH));
        ledger.become(some, List.of("a", "b", "c", "d"), 4);
        List<Row> heldOut = some.stream().filter(Row::heldOut).limit(15).toList();
        return new GramFit(algebra, ledger, Kin.of(algebra, 0, heldOut, some)).fit(RIDGE);
    }

    private List<Row> without(int... left) {
        List<Row> others = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            int row = i;
            if (Arrays.stream(left).noneMatch(out -> out == row)) {
                others.add(rows.get(i));
            }
        }
        return others;
    }

    /** Scores of every row by {@code k' (K + ridge/w)^-1 Y}. */
    private static Matrix kernelReference(List<Row> rows, View view) {
        int n = rows.size();
        Matrix kernel = Matrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double distance =
                        view.squaredDistance(rows.get(i).features(), rows.get(j).features());
                kernel.set(i, j, Math.exp(-WIDTH * distance));
            }
        }
        Matrix system = kernel.copy();
        for (int i = 0; i < n; i++) {
            system.add(i, i, RIDGE / rows.get(i).weight());
        }
        return Reference.product(kernel, Reference.solved(system, KernelFit.targets(rows)));
    }

    private void assertSameScores(Head head, Matrix expected) {
        for (int i = 0; i < rows.size(); i++) {
            assertRow(expected, i, head.scores(new Query(rows.get(i).features())));
        }
    }

    private static void assertRow(Matrix scores, int row, double[] expected) {
        assertRow(scores, row, expected, TOLERANCE);
    }

    private static void assertRow(Matrix scores, int row, double[] expected, double tolerance) {
        assertThat(scores.row(row)).containsExactly(expected, within(tolerance));
    }

    /** Of one of two members, or of both. */
    private static View view(int member) {
        return member < 0 ? View.firsts(2) : View.of(member);
    }
}
