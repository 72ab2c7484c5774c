// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static dev.perennial.math.Reference.assertClose;
import static dev.perennial.math.Reference.positiveDefinite;
import static dev.perennial.math.Reference.product;
import static dev.perennial.math.Reference.random;
import static dev.perennial.math.Reference.solved;
import static dev.perennial.math.Reference.transposed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every implementation of {@link LinearAlgebra} does, against plain loops. */
public abstract class LinearAlgebraContract {
    private static final double TOLERANCE = 1e-10;

    protected abstract LinearAlgebra algebra();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 33, 130})
    void products_areThoseOfPlainLoops(int n) {
        Random random = new Random(n);
        Matrix a = random(n, n + 3, random);
        Matrix b = random(n + 3, 2 * n, random);
        assertClose(algebra().multiply(a, b), product(a, b), TOLERANCE);
        assertClose(algebra().multiplyTransposed(a, transposed(b)), product(a, b), TOLERANCE);
        Matrix sum = random(n, 2 * n, random);
        Matrix expected = sum.copy();
        Matrix product = product(a, b);
        for (int i = 0; i < product.data().length; i++) {
            expected.data()[i] += product.data()[i];
        }
        algebra().addProduct(a, b, sum);
        assertClose(sum, expected, TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 33, 130, 700})
    void cholesky_solvesInvertsAndMakesForms(int n) {
        Random random = new Random(n);
        Matrix a = positiveDefinite(n, random);
        Matrix b = random(n, 3, random);
        Matrix identity = Matrix.zeros(n, n);
        identity.addToDiagonal(1);
        LinearAlgebra.Cholesky factor = algebra().cholesky(a.copy());
        assertClose(factor.solve(b.copy()), solved(a, b), 1e-9);
        Matrix expected = product(transposed(b), solved(a, b));
        List<int[]> blocks = List.of(new int[] {0, 1, 2}, new int[] {1}, new int[] {}, new int[] {2, 0});
        List<Matrix> forms = factor.forms(FloatMatrix.of(transposed(b)), blocks);
        assertThat(forms).hasSize(blocks.size());
        for (int k = 0; k < forms.size(); k++) {
            assertForm(forms.get(k), blocks.get(k), expected);
        }
        assertClose(factor.inverse(), solved(a, identity), 1e-9);
        factor.close();
    }

    private static void assertForm(Matrix form, int[] block, Matrix expected) {
        assertThat(form.data()).hasSize(block.length * block.length);
        for (int i = 0; i < block.length; i++) {
            for (int j = 0; j < block.length; j++) {
                double truth = expected.at(block[i], block[j]);
                assertThat(form.at(i, j)).isCloseTo(truth, within(1e-4 * Math.max(1, expected.at(block[i], block[i]))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 95, 193, 250})
    void cholesky_solvesForAnyNumberOfSides(int sides) {
        Random random = new Random(sides);
        Matrix a = positiveDefinite(40, random);
        Matrix b = random(40, sides, random);
        try (LinearAlgebra.Cholesky factor = algebra().cholesky(a.copy())) {
            assertClose(factor.solve(b.copy()), solved(a, b), 1e-9);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 33, 130})
    void productsInSinglePrecision_areThoseOfPlainLoops(int n) {
        Random random = new Random(n);
        Matrix a = random(n, n + 3, random);
        Matrix b = random(n + 3, 2 * n, random);
        FloatMatrix product = algebra().multiply(FloatMatrix.of(a), FloatMatrix.of(b));
        FloatMatrix same = algebra().multiplyTransposed(FloatMatrix.of(a), FloatMatrix.of(transposed(b)));
        Matrix expected = product(a, b);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < 2 * n; j++) {
                assertThat((double) product.at(i, j)).isCloseTo(expected.at(i, j), within(1e-3));
                assertThat((double) same.at(i, j)).isCloseTo(expected.at(i, j), within(1e-3));
            }
        }
    }

    /** Parts of larger matrices, whose other numbers stay as they are. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 33, 130})
    void productsOutsideOfTheHeap_areThoseOfPlainLoops_alsoOfParts(int n) {
        Random random = new Random(n);
        Matrix a = random(n, n + 3, random);
        Matrix b = random(n + 3, 2 * n, random);
        DirectMatrix canvas = DirectMatrix.zeros(n + 2, 2 * n + 3);
        DirectMatrix product = canvas.rows(1, n).columns(2, 2 * n);
        algebra().multiply(direct(a), direct(b), product);
        assertPart(canvas, product(a, b));
        algebra().multiplyTransposed(direct(a), direct(transposed(b)), product);
        assertPart(canvas, product(a, b));
        algebra().transposedMultiply(direct(transposed(a)), direct(b), product);
        assertPart(canvas, product(a, b));
    }

    /** The same numbers in the middle of a larger matrix. */
    private static DirectMatrix direct(Matrix matrix) {
        DirectMatrix larger = DirectMatrix.zeros(matrix.rows() + 3, matrix.columns() + 5);
        DirectMatrix part = larger.columns(4, matrix.columns()).rows(2, matrix.rows());
        for (int i = 0; i < matrix.rows(); i++) {
            part.writeRow(i, FloatMatrix.of(matrix), i);
        }
        return part;
    }

    private static void assertPart(DirectMatrix canvas, Matrix expected) {
        for (int i = 0; i < canvas.rows(); i++) {
            for (int j = 0; j < canvas.columns(); j++) {
                boolean inside = i >= 1 && i <= expected.rows() && j >= 2 && j - 2 < expected.columns();
                assertThat((double) canvas.at(i, j))
                        .isCloseTo(inside ? expected.at(i - 1, j - 2) : 0, within(inside ? 1e-3 : 0));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 33, 130, 700})
    void gramMatrix_isTheWeightedSumOfOuterProducts_whateverTheBatches(int n) {
        Random random = new Random(n);
        Matrix phi = random(2 * n, n, random);
        double[] weights = random.doubles(2 * n).toArray();
        Matrix expected = Matrix.zeros(n, n);
        for (int row = 0; row < 2 * n; row++) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    expected.add(i, j, (row < n ? weights[row] : 0.5) * phi.at(row, i) * phi.at(row, j));
                }
            }
        }
        expected.addToDiagonal(3);
        GramMatrix gram = algebra().gramMatrix(n);
        gram.add(rows(phi, 0, n), Arrays.copyOf(weights, n));
        gram.add(rows(phi, n, 2 * n), DoubleStream.generate(() -> 0.5).limit(n).toArray());
        gram.add(rows(phi, 0, n), DoubleStream.generate(() -> 1).limit(n).toArray());
        gram.add(rows(phi, 0, n), DoubleStream.generate(() -> -1).limit(n).toArray());
        Matrix b = random(n, 2, random);
        for (int twice = 0; twice < 2; twice++) {
            try (LinearAlgebra.Cholesky factor = gram.factor(3)) {
                assertClose(factor.solve(b.copy()), solved(expected, b), 1e-9);
            }
        }
        assertThat(gram.size()).isEqualTo(n);
        expected.addToDiagonal(-3);
        assertClose(gram.copy(), expected, 1e-10);
    }

    private static Matrix rows(Matrix matrix, int from, int to) {
        return new Matrix(
                to - from,
                matrix.columns(),
                Arrays.copyOfRange(matrix.data(), from * matrix.columns(), to * matrix.columns()));
    }

    @Test
    void cholesky_readsTheLowerTriangleAlone() {
        Matrix a = positiveDefinite(5, new Random(5));
        Matrix lower = a.copy();
        for (int i = 0; i < 5; i++) {
            for (int j = i + 1; j < 5; j++) {
                lower.set(i, j, Double.NaN);
            }
        }
        Matrix b = random(5, 2, new Random(6));
        assertClose(algebra().cholesky(lower).solve(b.copy()), solved(a, b), 1e-9);
    }

    @Test
    void cholesky_ofAnIndefiniteMatrix_isRefused() {
        Matrix indefinite = new Matrix(2, 2, new double[] {1, 2, 2, 1});
        assertThatThrownBy(() -> algebra().cholesky(indefinite)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void operandsThatDoNotMatch_areRefused() {
        Matrix a = Matrix.zeros(2, 3);
        assertThatThrownBy(() -> algebra().multiply(a, a)).isInstanceOf(IllegalArgumentException.class);
        DirectMatrix direct = DirectMatrix.zeros(2, 3);
        assertThatThrownBy(() -> algebra().multiply(direct, direct, direct))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> algebra().multiplyTransposed(direct, direct, direct))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> algebra().transposedMultiply(direct, direct, direct))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> algebra().cholesky(a)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> algebra().addProduct(a, Matrix.zeros(3, 2), Matrix.zeros(3, 3)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void emptyOperands_giveEmptyResultsAndZeros() {
        assertThat(algebra().multiply(Matrix.zeros(3, 0), Matrix.zeros(0, 2)).data())
                .containsOnly(0);
        assertThat(algebra().multiply(Matrix.zeros(0, 4), Matrix.zeros(4, 2)).rows())
                .isZero();
        assertThat(algebra()
                        .cholesky(positiveDefinite(3, new Random(1)))
                        .solve(Matrix.zeros(3, 0))
                        .columns())
                .isZero();
    }

    @Test
    void equalOperands_giveEqualBits_alsoFromManyThreads() {
        Random random = new Random(8);
        Matrix a = random(65, 129, random);
        Matrix b = random(129, 31, random);
        double[] once = algebra().multiply(a, b).data();
        IntStream.range(0, 16)
                .parallel()
                .forEach(i -> assertThat(algebra().multiply(a.copy(), b.copy()).data())
                        .containsExactly(once, within(0.0)));
    }
}
