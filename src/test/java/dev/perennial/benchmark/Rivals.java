// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.benchmark.GradientLearner.Guard;
import dev.perennial.benchmark.GradientLearner.Settings;
import dev.perennial.math.LinearAlgebra;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/**
 * The methods to compare with, each with the learning rate (and for elastic weight consolidation the strength) that
 * does best on rows held out of learning, in an order of its own. For one thread.
 */
final class Rivals {
    static final long TUNING_SEED = 0;
    private static final List<Double> RATES = List.of(1.0, 10.0, 100.0);
    private static final double LEAST = 1e-3;
    private static final double MOST = 1e4;
    private static final List<Double> STRENGTHS = List.of(1e2, 1e4, 1e6);
    private static final Map<String, Settings> GUARDED = guarded();

    private final LinearAlgebra algebra;
    private final SoftmaxNetwork.Shape shape;
    private final Map<String, Settings> tuned = new LinkedHashMap<>();
    private double rateAtOnce;

    /** @param shape with a hidden layer that all tasks share, or without any */
    Rivals(LinearAlgebra algebra, SoftmaxNetwork.Shape shape) {
        this.algebra = algebra;
        this.shape = shape;
    }

    private static Map<String, Settings> guarded() {
        Map<String, Settings> guarded = new LinkedHashMap<>();
        guarded.put("SGD softmax", new Settings(Guard.NOTHING, 0, 1, 0));
        guarded.put("replay of 200", new Settings(Guard.REPLAY, 200, 1, 0));
        guarded.put("replay of 1,000", new Settings(Guard.REPLAY, 1000, 1, 0));
        guarded.put("EWC", new Settings(Guard.EWC, 0, 1, 0));
        guarded.put("A-GEM, 1,000 stored", new Settings(Guard.A_GEM, 1000, 1, 0));
        return guarded;
    }

    /** Chooses rates and strengths on a stream in an order that is not reported. */
    void tune(LearnerPupil.Stream order) {
        LearnerPupil.Stream stream = order.toTune();
        GUARDED.forEach((name, settings) -> tuned.put(name, best(name, settings, stream)));
        Tried atOnce = best(rate -> atOnce(stream, rate, TUNING_SEED));
        rateAtOnce = atOnce.rate();
        System.out.printf("  tuned softmax on everything at once: %s%n", atOnce);
    }

    private Settings best(String name, Settings settings, LearnerPupil.Stream stream) {
        Settings best = settings;
        double highest = -1;
        for (double strength : settings.guard() == Guard.EWC ? STRENGTHS : List.of(0.0)) {
            Tried tried = best(rate ->
                    StreamReplay.last(pupil(settings.with(rate, strength), TUNING_SEED, stream), stream.steps()));
            System.out.printf("  tuned %s: strength %s, %s%n", name, strength, tried);
            if (tried.accuracy() > highest) {
                highest = tried.accuracy();
                best = settings.with(tried.rate(), strength);
            }
        }
        return best;
    }

    private record Tried(double rate, double accuracy) {
        @Override
        public String toString() {
            return String.format("rate %s, %.2f held out", rate, 100 * accuracy);
        }
    }

    /**
     * The best of some rates and of three times and a third of it; further ones are tried while the best is at an end.
     */
    private static Tried best(DoubleUnaryOperator accuracy) {
        TreeMap<Double, Double> tried = new TreeMap<>();
        RATES.forEach(rate -> tried.put(rate, accuracy.applyAsDouble(rate)));
        double best = best(tried);
        while (best == tried.firstKey() && best > LEAST || best == tried.lastKey() && best < MOST) {
            double next = best == tried.firstKey() ? best / 10 : best * 10;
            tried.put(next, accuracy.applyAsDouble(next));
            best = best(tried);
        }
        tried.put(best * 3, accuracy.applyAsDouble(best * 3));
        tried.put(best / 3, accuracy.applyAsDouble(best / 3));
        best = best(tried);
        return new Tried(best, tried.get(best));
    }

    private static double best(TreeMap<Double, Double> accuracyByRate) {
        return Collections.max(accuracyByRate.entrySet(), Map.Entry.comparingByValue())
                .getKey();
    }

    private LearnerPupil pupil(Settings settings, long seed, LearnerPupil.Stream stream) {
        return new LearnerPupil(new GradientLearner(network(seed), settings, seed), stream);
    }

    private SoftmaxNetwork network(long seed) {
        return new SoftmaxNetwork(algebra, shape, seed);
    }

    private double atOnce(LearnerPupil.Stream stream, double rate, long seed) {
        LearnerPupil pupil = pupil(new Settings(Guard.NOTHING, 0, rate, 0), seed, stream);
        pupil.learnAll();
        double sum = 0;
        for (int task = 0; task < stream.steps(); task++) {
            sum += pupil.accuracy(task, stream.steps() - 1);
        }
        return sum / stream.steps();
    }

    /** Replays one order by every method; what the same softmax comes to that learns everything at once. */
    double replay(LearnerPupil.Stream stream, long seed, boolean isAskedBefore, StreamTable table) {
        LearnerPupil nearest = new LearnerPupil(new NearestMean(shape.inputs(), shape.labels()), stream);
        table.add("nearest class mean", seed, StreamReplay.of(nearest, stream.steps(), isAskedBefore));
        tuned.forEach((name, settings) ->
                table.add(name, seed, StreamReplay.of(pupil(settings, seed, stream), stream.steps(), isAskedBefore)));
        return atOnce(stream, rateAtOnce, seed);
    }
}
