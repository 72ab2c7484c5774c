// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.math.Matrix;
import dev.perennial.math.Reference;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SmallSystemTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void solution_solvesTheSystem(int n) {
        Random random = new Random(n);
        Matrix a = Reference.random(n, n, random);
        Matrix x = Reference.random(n, 3, random);
        Matrix b = Reference.product(a, x);
        SmallSystem.solve(a.copy(), b);
        Reference.assertClose(b, x, 1e-9);
    }

    @Test
    void aZeroOnTheDiagonal_isNoObstacle() {
        Matrix b = new Matrix(2, 1, new double[] {3, 5});
        SmallSystem.solve(new Matrix(2, 2, new double[] {0, 1, 1, 0}), b);
        assertThat(b.data()).containsExactly(new double[] {5, 3}, within(1e-12));
    }

    @Test
    void aSingularSystem_givesFiniteNumbers() {
        Matrix b = new Matrix(2, 1, new double[] {1, 1});
        SmallSystem.solve(new Matrix(2, 2, new double[] {1, 1, 1, 1}), b);
        assertThat(Arrays.stream(b.data()).allMatch(Double::isFinite)).isTrue();
    }
}
