// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.GramMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a fit over random features is made of, on all cores: a hundred examples more, and what is solved for 150 labels.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OpenBlasBench {
    private static final int ROWS = 100;
    private static final int LABELS = 150;
    private static final double RIDGE = 10;

    private final OpenBlas algebra = new OpenBlas(1L << 30);

    /** Features of one member's head, and of the one that sees three. */
    @Param({"897", "3201"})
    public int size;

    private Matrix rows = Matrix.zeros(0, 0);
    private Matrix right = Matrix.zeros(0, 0);
    private FloatMatrix heldOut = FloatMatrix.zeros(0, 0);
    private final List<int[]> alone =
            IntStream.range(0, ROWS).mapToObj(i -> new int[] {i}).toList();
    private double[] weights = {};
    private GramMatrix gram = algebra.gramMatrix(0);
    private LinearAlgebra.Cholesky factor = algebra.cholesky(Matrix.zeros(0, 0));

    @Setup
    public void draw() {
        Random random = new Random(1);
        rows = new Matrix(ROWS, size, random.doubles((long) ROWS * size, -1, 1).toArray());
        right = new Matrix(
                size, LABELS, random.doubles((long) size * LABELS, -1, 1).toArray());
        heldOut = FloatMatrix.of(rows);
        weights = new double[ROWS];
        Arrays.fill(weights, 1);
        gram = algebra.gramMatrix(size);
        gram.add(rows, weights);
        factor = gram.factor(RIDGE);
    }

    @TearDown
    public void free() {
        factor.close();
    }

    @Benchmark
    public void gramUpdate() {
        gram.add(rows, weights);
    }

    @Benchmark
    public void cholesky() {
        gram.factor(RIDGE).close();
    }

    @Benchmark
    public Matrix solve() {
        return factor.solve(right.copy());
    }

    @Benchmark
    public List<Matrix> leverages() {
        return factor.forms(heldOut, alone);
    }
}
