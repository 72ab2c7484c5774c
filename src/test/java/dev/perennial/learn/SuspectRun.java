// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.blas.OpenBlas;
import dev.perennial.ensemble.Ensemble;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/** Suspects of a lesson, without a service. */
public final class SuspectRun {
    private SuspectRun() {}

    /** All held-out answers of a lesson, and the ensemble that learnt it. */
    public record Held(Ensemble ensemble, List<Learner.HeldOutAnswer> answers) {

        public List<Suspect> suspects() {
            return new SuspectSearch(ensemble).among(answers);
        }
    }

    public static Held of(Lesson lesson) {
        Learner learner = new Learner(new OpenBlas(1L << 30), FitSettings.DEFAULT, new ForkJoinPool());
        Ensemble ensemble = learner.learn(lesson, new Ledgers()).ensemble();
        return new Held(ensemble, learner.heldOut(lesson, List.of(), Learner.Wanted.by(() -> {})));
    }
}
