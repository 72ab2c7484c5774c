// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.onnx.StaticDistillation;
import dev.perennial.onnx.TableFolder;
import dev.perennial.refresh.JobProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/** Distils a static table as a job: on one thread, in hundredths. For one job. */
final class Distillation {
    private static final int BETWEEN_REPORTS = 1000;
    private static final long HUNDREDTHS = 100;

    private final JobProgress progress;

    /** Guarded by this. */
    private long nextReport;

    private Distillation(JobProgress progress) {
        this.progress = progress;
    }

    /** Says that another one is under way. */
    static void waits(JobProgress progress) {
        progress.report(0, HUNDREDTHS, "waiting for another distillation");
    }

    /** What opens the table of a teacher; empty when the job was cancelled. */
    static Optional<TableFolder> run(String id, Encoder teacher, Path folder, JobProgress progress) throws IOException {
        Distillation distillation = new Distillation(progress);
        ForkJoinPool pool = Refreshing.inBackground(1);
        try {
            Optional<TableFolder> made = pool.invoke(ForkJoinTask.adapt(() -> {
                try {
                    return StaticDistillation.distil(id, teacher, folder, distillation::goesOn);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }));
            // Nobody is asked while the table is being solved.
            return made.filter(table -> progress.mayGoOn());
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        } finally {
            pool.shutdown();
        }
    }

    private synchronized boolean goesOn(long read, long all) {
        if (read >= nextReport || read == all) {
            nextReport = read + BETWEEN_REPORTS;
            String message = read == all ? "solving" : "the teacher has read " + read + " of " + all + " passages";
            progress.report(HUNDREDTHS * read / (all + 1), HUNDREDTHS, message);
        }
        return progress.mayGoOn();
    }
}
