// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.evaluate.Significance;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What was counted of a shadow.
 *
 * @param asked inputs that both have answered
 * @param canaries inputs that the candidate answered in the place of what serves
 * @param dropped inputs that both were to answer, and of which one answer is missing
 * @param differing of those asked, how many were answered differently
 * @param serving of the answers of what serves
 * @param candidate of the answers of the candidate
 * @param scored what feedback said of answers that both gave
 * @param cells answers that differ, by what was said
 * @param otherCells answers that differ otherwise, when too many ways to differ were counted
 */
public record Tally(
        long asked,
        long canaries,
        long dropped,
        long differing,
        Side serving,
        Side candidate,
        Scored scored,
        Map<Cell, Long> cells,
        long otherCells) {
    /** Nothing was counted yet. */
    public static final Tally NONE = new Tally(0, 0, 0, 0, Side.NONE, Side.NONE, new Scored(0, 0, 0, 0), Map.of(), 0);

    public Tally {
        cells = Map.copyOf(cells);
    }

    /**
     * One way to differ.
     *
     * @param serving what serves said; empty: nothing
     * @param candidate what the candidate said
     */
    public record Cell(String serving, String candidate) implements Comparable<Cell> {
        @Override
        public int compareTo(Cell other) {
            int byServing = serving.compareTo(other.serving);
            return byServing != 0 ? byServing : candidate.compareTo(other.candidate);
        }
    }

    /**
     * How answers of one side were.
     *
     * @param probability sum over the answers that have one
     * @param probable how many have one
     * @param nanos time that inputs took
     * @param timed how many inputs that was
     */
    public record Side(double probability, long probable, long nanos, long timed) {
        static final Side NONE = new Side(0, 0, 0, 0);
        private static final double NANOS_PER_SECOND = 1e9;

        Side and(SaidAnswer answer) {
            return answer.probability().isEmpty()
                    ? this
                    : new Side(probability + answer.probability().getAsDouble(), probable + 1, nanos, timed);
        }

        Side took(long more, int inputs) {
            return new Side(probability, probable, nanos + more, timed + inputs);
        }

        /** Mean probability of the answers; empty when none has one. */
        public OptionalDouble meanProbability() {
            return probable == 0 ? OptionalDouble.empty() : OptionalDouble.of(probability / probable);
        }

        /** Mean time of an input; empty when none was timed. */
        public OptionalDouble meanSeconds() {
            return timed == 0 ? OptionalDouble.empty() : OptionalDouble.of(nanos / NANOS_PER_SECOND / timed);
        }
    }

    /**
     * What feedback said of answers that both gave.
     *
     * @param answers how many were judged
     * @param both how many both had right
     * @param onlyServing how many only what serves had right
     * @param onlyCandidate how many only the candidate had right
     */
    public record Scored(long answers, long both, long onlyServing, long onlyCandidate) {
        Scored and(boolean serving, boolean candidate) {
            return new Scored(
                    answers + 1,
                    both + (serving && candidate ? 1 : 0),
                    onlyServing + (serving && !candidate ? 1 : 0),
                    onlyCandidate + (candidate && !serving ? 1 : 0));
        }

        /** Two-sided p of McNemar's exact test. */
        public double p() {
            return Significance.mcNemar(onlyServing, onlyCandidate);
        }

        /** By how much the candidate is right more often, as a share of the answers. */
        double difference() {
            return answers == 0 ? 0 : (double) (onlyCandidate - onlyServing) / answers;
        }
    }
}
