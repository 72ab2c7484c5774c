// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoders;
import dev.perennial.failpoint.Failpoint;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.ExportFormat.Listed;
import dev.perennial.refresh.ImportOrder.OnConflict;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency.Reply;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.WholeTask;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings the tasks of an exported file, one after the other: each as a whole or not at all. Thread-safe.
 *
 * <p>All of a task is read by the members, and learnt once, before it takes its place in one transaction; what is
 * there, with its history, stays until then. {@link ImportSteps} says how far it got, so that work that is begun again
 * goes on.
 */
public final class ImportJob implements JobWork {
    public static final String KIND = "import";

    /** Examples that are read before it is asked again whether to go on. */
    private static final int BATCH = 200;

    private static final int OK = 200;

    /** What an import works with. */
    public record Tools(TaskStore store, Teacher teacher, Encoders encoders, ExportFormat format, Uploads uploads) {}

    private final Tools tools;

    public ImportJob(Tools tools) {
        this.tools = tools;
    }

    /**
     * What to hand to {@link Jobs#accept}, for a file that was read to its end.
     *
     * @param examples how many the file holds
     */
    public static Jobs.Order order(ImportOrder order, long examples) {
        return new Jobs.Order(KIND, "tasks", order.toBytes(), examples, "examples");
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Removes files that belong to no unfinished job. Called once, before jobs are resumed. */
    public void recover(JobStore jobs) {
        Set<String> files = new HashSet<>();
        for (Job job : jobs.unfinished()) {
            if (job.kind().equals(KIND)) {
                jobs.payload(job.id())
                        .ifPresent(payload -> files.add(ImportOrder.of(payload).upload()));
            }
        }
        tools.uploads().retain(files);
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        ImportOrder order = ImportOrder.of(payload);
        Outcome outcome = steps(job)
                .ended()
                .map(result -> new Outcome(result, true))
                .orElseGet(() -> brought(job, order, progress));
        tools.uploads().discard(order.upload());
        return outcome;
    }

    private Outcome brought(Job job, ImportOrder order, JobProgress progress) {
        Bringing bringing = new Bringing(job, order.onConflict(), progress);
        try (InputStream file = tools.uploads().open(order.upload())) {
            List<Listed> listed = tools.format().read(file, bringing::bring);
            return new Outcome(steps(job).end(result(job, new Differing(besides(listed), behind(listed)))), true);
        } catch (Cancelled cancelled) {
            return new Outcome(result(job, Differing.UNKNOWN), false);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public Optional<String> kept(Job job, byte[] payload) {
        return steps(job).done().isEmpty() ? Optional.empty() : Optional.of(result(job, Differing.UNKNOWN));
    }

    @Override
    public void giveUp(Job job, byte[] payload) {
        abandon(job, payload);
    }

    @Override
    public void abandon(Job job, byte[] payload) {
        tools.uploads().discard(ImportOrder.of(payload).upload());
    }

    private ImportSteps steps(Job job) {
        return new ImportSteps(tools.store(), job.id());
    }

    /**
     * Why answers may be others than where the file comes from.
     *
     * @param besides ids of members that answer here and did not there
     * @param behind what the file does not hold
     */
    private record Differing(List<String> besides, List<ExportFormat.NotIncluded> behind) {
        private static final Differing UNKNOWN = new Differing(List.of(), List.of());
    }

    private static List<ExportFormat.NotIncluded> behind(List<Listed> listed) {
        return listed.stream()
                .flatMap(task -> task.notIncluded().stream())
                .distinct()
                .toList();
    }

    /** Members that answer here and did not where the file comes from, so that answers may differ. */
    private List<String> besides(List<Listed> listed) {
        Set<String> there = listed.stream()
                .flatMap(task -> task.members().stream())
                .map(ExportFormat.NeededMember::digest)
                .collect(Collectors.toSet());
        return tools.encoders().ready().stream()
                .filter(encoder -> ExportJob.digests(Stream.of(encoder)).noneMatch(there::contains))
                .map(encoder -> encoder.info().id())
                .toList();
    }

    private String result(Job job, Differing differing) {
        return new JsonText()
                .putAll("tasks", steps(job).done(), one -> one)
                .putAll("other_members", differing.besides(), id -> "\"" + id + "\"")
                .putAll("not_included", differing.behind(), ExportFormat.NotIncluded::toJson)
                .toString();
    }

    /** One run over the file. */
    private final class Bringing {
        private final Job job;
        private final OnConflict onConflict;
        private final JobProgress progress;
        private final ImportSteps steps;
        private int position;
        private long examples;

        Bringing(Job job, OnConflict onConflict, JobProgress progress) {
            this.job = job;
            this.onConflict = onConflict;
            this.progress = progress;
            this.steps = steps(job);
        }

        void bring(ExportFormat.Packed content) {
            int step = position++;
            if (!steps.isDone(step)) {
                bring(step, content);
            }
            Failpoint.IMPORT_STEP_DONE.pass();
            examples += content.teachings().size();
            say(0);
        }

        private void say(long read) {
            progress.report(examples + read, job.progress().total(), position + " tasks");
        }

        private void bring(int step, ExportFormat.Packed content) {
            Task task = content.task();
            requireWanted();
            Optional<StoredTask> there = tools.store().task(task.id());
            if (there.isPresent() && onConflict == OnConflict.SKIP) {
                steps.finish(step, json(task, "skipped", there.get()));
                return;
            }
            requireReplaceable(task, there);
            WholeTask whole = new WholeTask(
                    task,
                    read(task, content.teachings()),
                    content.suite(),
                    content.names(),
                    content.apart(),
                    content.settings());
            StoredTask unused = tools.teacher().alone(task.id(), () -> {
                Optional<StoredTask> now = tools.store().task(task.id());
                if (there.isPresent() && now.isEmpty()) {
                    throw new Refusal.Conflict("The task '" + task.id() + "' was removed while it was being imported.");
                }
                requireReplaceable(task, now);
                String action = now.isPresent() ? "replaced" : "created";
                return tools.teacher()
                        .wholeTasks()
                        .replace(whole, steps.done(step), stored -> new Reply(OK, json(task, action, stored)));
            });
        }

        private List<EncodedTeaching> read(Task task, List<Teaching> teachings) {
            tools.teacher().wholeTasks().requireWhole(task, teachings);
            List<EncodedTeaching> read = new ArrayList<>(teachings.size());
            while (read.size() < teachings.size()) {
                requireWanted();
                int end = Math.min(teachings.size(), read.size() + BATCH);
                read.addAll(tools.teacher().wholeTasks().read(task, teachings.subList(read.size(), end)));
                say(read.size());
            }
            return read;
        }

        private void requireReplaceable(Task task, Optional<StoredTask> there) {
            if (there.isPresent() && onConflict != OnConflict.REPLACE) {
                throw new Refusal.Conflict(
                        "There is a task '" + task.id() + "' already; import with on_conflict=replace or =skip.");
            }
        }

        private void requireWanted() {
            if (!progress.mayGoOn()) {
                throw new Cancelled();
            }
        }
    }

    private static String json(Task task, String action, StoredTask now) {
        return new JsonText()
                .put("task", task.id().value())
                .put("action", action)
                .put("examples", now.examples())
                .put("revision", now.revision().toString())
                .toString();
    }

    /** Leaves a file that is not wanted any longer. Never leaves this class. */
    private static final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cancelled() {
            super("cancelled", null, false, false);
        }
    }
}
