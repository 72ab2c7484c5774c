// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.Teaching;
import java.util.List;

/** Measures how well tasks answer, on rows whose answers are known. Thread-safe. */
public final class Evaluations {
    private final SuiteStore suites;

    public Evaluations(SuiteStore suites) {
        this.suites = suites;
    }

    /** The frozen rows of the tasks. */
    public SuiteStore suites() {
        return suites;
    }

    /** How many rows ask what the ensemble was taught, so that answering them right is memory. */
    public static long taught(Ensemble ensemble, List<Teaching> rows) {
        return rows.stream().filter(row -> ensemble.remembers(row.input())).count();
    }
}
