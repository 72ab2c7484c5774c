// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.ExportArchive;
import dev.perennial.api.Json;
import dev.perennial.api.SortableIds;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.evaluate.Evaluations;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.Exchange;
import dev.perennial.refresh.ExportFormat;
import dev.perennial.refresh.ExportJob;
import dev.perennial.refresh.ExportKeeper;
import dev.perennial.refresh.ImportJob;
import dev.perennial.refresh.JobStore;
import dev.perennial.refresh.JobWork;
import dev.perennial.refresh.Uploads;
import dev.perennial.shadow.ApprenticeshipStore;
import dev.perennial.store.ExportFiles;
import dev.perennial.store.UploadFiles;
import dev.perennial.task.AuditLog;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;

/**
 * How tasks come and go as files.
 *
 * @param exchange the files and their format
 * @param stores where else is kept what there is of tasks
 */
record Exchanging(Exchange exchange, Stores stores) {
    private static final String EXPORT_ID = "exp_";

    /**
     * Where is kept what there is of tasks besides.
     *
     * @param audit tells what was erased of a file's tasks
     * @param apprenticeships of tasks that answer silently
     * @param keepsTexts whether texts that a task is asked are kept
     */
    record Stores(AuditLog audit, ApprenticeshipStore apprenticeships, Predicate<TaskId> keepsTexts) {}

    /** What names and dates exports. */
    record Naming(InstantSource clock, SortableIds ids) {}

    static Exchanging of(Disk disk, Stores stores, PerennialConfig config, Naming naming) {
        ExportKeeper keeper = new ExportKeeper(
                new ExportKeeper.Ports(
                        new ExportFiles(disk.directory().exports()),
                        stores.audit(),
                        naming.clock(),
                        () -> naming.ids().next(EXPORT_ID)),
                new ExportKeeper.Bounds(
                        config.exports().retention(), config.exports().files()));
        ExportFormat format = new ExportArchive(Json.within(config.limits()), config.limits());
        Uploads uploads = new UploadFiles(disk.directory().imports(), disk.kept());
        return new Exchanging(new Exchange(keeper, format, uploads), stores);
    }

    /** Who teaches, answers and measures. */
    record Audience(
            TaskStore store, Teacher teacher, ActiveEnsembles active, Encoders encoders, Evaluations evaluations) {}

    /** The work that there is with files, after what was cut off is gone that belongs to none of it. */
    List<JobWork> works(Audience audience, JobStore jobs) {
        Uploads uploads = exchange.uploads();
        ImportJob imports = new ImportJob(new ImportJob.Tools(
                audience.store(), audience.teacher(), audience.encoders(), exchange.format(), uploads));
        imports.recover(jobs);
        exchange.keeper().open();
        return List.of(
                imports,
                new ExportJob(new ExportJob.Tools(
                        audience.store(),
                        audience.teacher(),
                        audience.active(),
                        audience.encoders(),
                        exchange.format(),
                        exchange.keeper(),
                        audience.evaluations().suites(),
                        new ExportJob.Settings(
                                audience.evaluations().gatekeeper().bounds(),
                                stores.apprenticeships(),
                                stores.keepsTexts()))));
    }
}
