// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether a task listens to a knowledge graph, and at which scale: as its own examples say that were left out (the
 * scale 0, no listening, is always among the choices). A function of the set of examples and of what the graph knows;
 * thread- safe.
 *
 * <p>A graph has to pass three times. The kernel over all members, of a fixed sample of the examples, must explain
 * left-out ones better with it than without by more than a standard error, which also chooses the scale: few graphs
 * that are of no use get further, so that they cost little. Then the whole ensemble must: the loss of held-out answers
 * has to fall by more than chance makes likely, however many graphs there are to choose from, and no fewer of them may
 * be right. And it must be less, by the same measure, than with the vectors of the graph's entities dealt out anew:
 * what wrong entities do as well is not knowledge.
 */
final class GraphChoice {
    /** The default first. */
    private static final List<Double> SCALES = List.of(1.0, 0.5, 2.0, 0.25);

    /** Below so many examples leave-one-out is too noisy to choose by. */
    private static final int FEWEST = 12;

    /** What is found in fewer examples cannot help enough to be noticed. */
    private static final double LEAST_COVERAGE = 0.02;

    /** So many tell what may be worth a trial, and cost little beside the rest of a teaching. */
    private static final int MOST = 400;

    /** By how many standard errors the kernel has to be better before the whole ensemble is tried. */
    private static final double PROMISING = 1;

    private final Fitting fitting;
    private final double descriptionWeight;

    GraphChoice(Fitting fitting, double descriptionWeight) {
        this.fitting = fitting;
        this.descriptionWeight = descriptionWeight;
    }

    /**
     * A graph that a task listens to.
     *
     * @param graph its id as a member
     * @param scale see {@link GraphReading#joining}
     */
    record Chosen(String graph, double scale) {}

    /**
     * What came of a choice.
     *
     * @param alone of the lesson without graphs
     * @param fit of the lesson with the graphs that were chosen
     * @param chosen these graphs, in the order in which they joined
     * @param bases of all ledgers that were used
     */
    record Outcome(Fitting.Fit alone, Fitting.Fit fit, List<Chosen> chosen, Set<Object> bases) {}

    private record Candidate(GraphReading reading, double scale, Fitting.Fit fit, double gain) {}

    /** The graphs that help join a lesson one after the other, the most helpful first, until none of the rest helps. */
    Outcome among(List<GraphReading> graphs, Fitting.Fit alone, Ledgers ledgers) {
        Set<Object> bases = new HashSet<>(fitting.bases(alone.rows()));
        List<GraphReading> open = new ArrayList<>(graphs);
        List<Chosen> chosen = new ArrayList<>();
        Fitting.Fit fit = alone;
        double bar = ChanceBar.standardErrors(
                graphs.size(), Math.max(2, alone.heldOut().rows().size()));
        while (true) {
            Fitting.Fit before = fit;
            Screening screening = new Screening(before.rows());
            List<Candidate> candidates = open.stream()
                    .flatMap(reading -> candidate(screening, reading, before, ledgers).stream())
                    .toList();
            candidates.forEach(
                    candidate -> bases.addAll(fitting.bases(candidate.fit().rows())));
            Optional<Candidate> best = candidates.stream()
                    .filter(candidate -> candidate.gain() > bar)
                    .sorted(Comparator.comparingDouble(Candidate::gain).reversed())
                    .filter(candidate -> gain(control(candidate, before, ledgers), candidate.fit()) > bar)
                    .findFirst();
            if (best.isEmpty()) {
                return new Outcome(alone, fit, chosen, bases);
            }
            open.remove(best.get().reading());
            chosen.add(new Chosen(best.get().reading().id(), best.get().scale()));
            fit = best.get().fit();
        }
    }

    private Optional<Candidate> candidate(
            Screening screening, GraphReading reading, Fitting.Fit before, Ledgers ledgers) {
        OptionalDouble scale = screening.scale(reading);
        if (scale.isEmpty()) {
            return Optional.empty();
        }
        Lesson lesson = reading.joining(before.rows().lesson(), scale.getAsDouble());
        Fitting.Fit fit = fitting.fit(LessonRows.of(lesson, descriptionWeight), ledgers, before);
        return Optional.of(new Candidate(reading, scale.getAsDouble(), fit, gain(before, fit)));
    }

    private Fitting.Fit control(Candidate candidate, Fitting.Fit before, Ledgers ledgers) {
        return control(candidate.reading(), candidate.scale(), before, ledgers);
    }

    /** The same with the vectors of the graph's entities dealt out anew. */
    private Fitting.Fit control(GraphReading reading, double scale, Fitting.Fit before, Ledgers ledgers) {
        Lesson lesson = reading.control().get().joining(before.rows().lesson(), scale);
        return fitting.fit(LessonRows.of(lesson, descriptionWeight), ledgers, before);
    }

    /** A lesson with the graphs that were chosen. */
    static Lesson joined(Lesson lesson, List<GraphReading> graphs, List<Chosen> chosen) {
        Lesson joined = lesson;
        for (Chosen each : chosen) {
            GraphReading reading = graphs.stream()
                    .filter(graph -> graph.id().equals(each.graph()))
                    .findFirst()
                    .orElseThrow();
            joined = reading.joining(joined, each.scale());
        }
        return joined;
    }

    /** What a kernel over all members says of a sample of a lesson, with a graph and without any. */
    private final class Screening {
        private final LessonRows rows;
        private final Lesson sample;
        private double[] without = {};

        /** @param rows the lesson; keys are hashes, so that the first ones are a fair sample */
        Screening(LessonRows rows) {
            Lesson lesson = rows.lesson();
            this.rows = rows;
            this.sample = lesson.with(new Lesson.Sight(
                    lesson.members(),
                    lesson.featureMap(),
                    rows.taught().subList(0, Math.min(MOST, rows.taught().size())),
                    lesson.descriptions()));
        }

        /** The best scale of a graph; empty when it does not promise to be worth listening to. */
        OptionalDouble scale(GraphReading reading) {
            if (rows.taught().size() < FEWEST
                    || reading.coverage(rows) < LEAST_COVERAGE
                    || isSilent(reading.vectorByExample().values())) {
                return OptionalDouble.empty();
            }
            Scaled best = best(reading);
            return fall(without(), best.losses()) > PROMISING
                    ? OptionalDouble.of(best.scale())
                    : OptionalDouble.empty();
        }

        /** The same for every graph. */
        private double[] without() {
            without = without.length == 0 ? losses(sample) : without;
            return without;
        }

        Scaled best(GraphReading reading) {
            Map<Double, double[]> lossesByScale = new ConcurrentHashMap<>();
            double best = Fitting.best(SCALES, scale -> {
                double[] losses = losses(reading.joining(sample, scale));
                lossesByScale.put(scale, losses);
                return sum(losses);
            });
            return new Scaled(best, Objects.requireNonNull(lossesByScale.get(best)));
        }
    }

    /** A scale, and the losses at it. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Scaled(double scale, double[] losses) {}

    /**
     * Has a graph join a lesson whether it helps or not, and once more with its entities' vectors dealt out anew.
     *
     * @param alone the lesson without it; of at least one example
     */
    GraphTrial trial(Fitting.Fit alone, GraphReading reading, Ledgers ledgers) {
        double scale = new Screening(alone.rows()).best(reading).scale();
        Fitting.Fit with = fitting.fit(
                LessonRows.of(reading.joining(alone.rows().lesson(), scale), descriptionWeight), ledgers, alone);
        Fitting.Fit control = control(reading, scale, alone, ledgers);
        return new GraphTrial(
                reading.id(),
                scale,
                reading.coverage(alone.rows()),
                Arm.of(alone),
                Arm.of(with),
                Arm.of(control),
                Ladder.of(with, reading));
    }

    /** Whether it says the same of everything. */
    private static boolean isSilent(Collection<float[]> vectors) {
        float[] first = vectors.iterator().next();
        return vectors.stream().allMatch(vector -> Arrays.equals(vector, first));
    }

    private double[] losses(Lesson lesson) {
        LessonRows rows = LessonRows.of(lesson, descriptionWeight);
        HeldOut heldOut = rows.heldOut(Integer.MAX_VALUE);
        return heldOut.losses(fitting.leftOut(heldOut, rows.all(), Fitting.whole(lesson)));
    }

    /** By how many standard errors the loss of held-out answers falls, if no fewer are right; else not positive. */
    static double gain(Fitting.Fit without, Fitting.Fit with) {
        HeldOut heldOut = without.heldOut();
        List<double[]> before = without.fitted().blockedOutAnswers();
        List<double[]> after = with.fitted().blockedOutAnswers();
        if (sum(heldOut.scores(after)) < sum(heldOut.scores(before))) {
            return 0;
        }
        return fall(heldOut.losses(before), heldOut.losses(after));
    }

    /** By how many standard errors losses fall. */
    static double fall(double[] before, double[] after) {
        double[] fall = before.clone();
        for (int i = 0; i < fall.length; i++) {
            fall[i] -= after[i];
        }
        double mean = sum(fall) / fall.length;
        double squares =
                Arrays.stream(fall).map(each -> (each - mean) * (each - mean)).sum();
        return squares == 0 ? 0 : mean / Math.sqrt(squares / ((double) fall.length * (fall.length - 1)));
    }

    private static double sum(double[] numbers) {
        return Arrays.stream(numbers).sum();
    }
}
