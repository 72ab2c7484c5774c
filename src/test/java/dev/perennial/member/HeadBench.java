// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.math.Matrix;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** What heads that see three members cost an answer: the random features of an input, and products with weights. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeadBench {
    private static final int DIMENSION = 384;
    private static final int COSINES = 2048;
    private static final int SUPPORT = 2000;
    private static final View VIEW = View.firsts(3);

    @Param({"10", "150"})
    public int labels;

    private final List<Features> inputs = RandomInputs.of(new Random(1), SUPPORT + 1, DIMENSION, DIMENSION, DIMENSION);
    private final List<Features> support = inputs.subList(1, inputs.size());
    private final RandomFeatures features = new RandomFeatures(VIEW, VIEW.size() * DIMENSION, COSINES, 1);

    @Benchmark
    public float[] randomFeatures() {
        return features.of(inputs.get(0));
    }

    @Benchmark
    public double[] randomFeatureHead(Heads heads) {
        return heads.large.scores(new Query(inputs.get(0)));
    }

    @Benchmark
    public double[] kernelHead(Heads heads) {
        return heads.small.scores(new Query(inputs.get(0)));
    }

    /** Heads of so many labels. */
    @State(Scope.Benchmark)
    public static class Heads {
        private Head large;
        private Head small;

        @Setup
        public void draw(HeadBench bench) {
            large = new RandomFeatureHead(bench.features, 1, weights(bench.features.size(), bench.labels));
            small = new KernelHead(VIEW, 1, 1, bench.support, weights(SUPPORT, bench.labels));
        }

        private static Matrix weights(int rows, int columns) {
            return new Matrix(
                    rows,
                    columns,
                    new Random(2).doubles((long) rows * columns, -1, 1).toArray());
        }
    }
}
