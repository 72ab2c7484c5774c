// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.learn.Admittance;
import dev.perennial.learn.Rehearsal;
import dev.perennial.task.TaskId;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Has a job give signs of itself as long as tasks learn, and keeps what it made from serving once it is ended. */
record WatchedAdmittance(JobProgress progress, Admittance admittance) implements Admittance {

    @Override
    public boolean admits(Set<TaskId> tasks, Function<TaskId, Optional<Rehearsal>> rehearsals) {
        boolean admitted = admittance.admits(tasks, task -> {
            goesOn();
            return rehearsals.apply(task);
        });
        // What hung may have come back: its files are gone, and nobody waits for it.
        progress.requireNotEnded();
        return admitted;
    }

    /** Begun steps are not left because the job was cancelled, which is asked elsewhere. */
    @Override
    public void goesOn() {
        boolean unused = progress.mayGoOn();
    }
}
