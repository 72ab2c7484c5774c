// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.shadow.Tally.Cell;
import dev.perennial.shadow.Tally.Scored;
import dev.perennial.shadow.Tally.Side;
import java.util.HashMap;
import java.util.Map;

/** Counts what becomes of a shadow. Thread-safe. */
final class Counting {
    /** Ways to differ that are told apart. */
    private static final int MOST_CELLS = 256;

    private final Map<Cell, Long> cells;
    private long asked;
    private long canaries;
    private long dropped;
    private long differing;
    private long otherCells;
    private Side serving;
    private Side candidate;
    private Scored scored;

    /** @param before what was counted before */
    Counting(Tally before) {
        this.cells = new HashMap<>(before.cells());
        this.asked = before.asked();
        this.canaries = before.canaries();
        this.dropped = before.dropped();
        this.differing = before.differing();
        this.otherCells = before.otherCells();
        this.serving = before.serving();
        this.candidate = before.candidate();
        this.scored = before.scored();
    }

    /** Both have answered an input. */
    synchronized void compared(AnswerPairs.Pair pair) {
        asked++;
        serving = serving.and(pair.serving());
        candidate = candidate.and(pair.candidate());
    }

    /** They did so differently. */
    synchronized void differed(Cell cell) {
        differing++;
        if (cells.containsKey(cell) || cells.size() < MOST_CELLS) {
            cells.merge(cell, 1L, Long::sum);
        } else {
            otherCells++;
        }
    }

    synchronized void dropped() {
        dropped++;
    }

    synchronized void canary() {
        canaries++;
    }

    /** What serves took its time. */
    synchronized void servingTook(long nanos, int inputs) {
        serving = serving.took(nanos, inputs);
    }

    /** The candidate took its time. */
    synchronized void candidateTook(long nanos, int inputs) {
        candidate = candidate.took(nanos, inputs);
    }

    /** Feedback judged answers of both to one input. */
    synchronized void scored(boolean servingIsRight, boolean candidateIsRight) {
        scored = scored.and(servingIsRight, candidateIsRight);
    }

    synchronized Tally tally() {
        return new Tally(asked, canaries, dropped, differing, serving, candidate, scored, cells, otherCells);
    }
}
