// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoders;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.ExportFormat.Exported;
import dev.perennial.refresh.ExportFormat.Listed;
import dev.perennial.refresh.ImportOrder.OnConflict;
import dev.perennial.refresh.ImportSteps.Step;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings the tasks of an exported file, one after the other: each as a whole or not at all. Thread-safe.
 *
 * <p>A task is defined, then taught as a large upload is, by {@link TeachingJob}. Of one that is replaced, a copy is
 * kept until its successor is taught, and put back if that fails. {@link ImportSteps} says how far it got, so that work
 * that is begun again goes on.
 */
public final class ImportJob implements JobWork {
    public static final String KIND = "import";

    private static final int BATCH = 1000;

    /** What an import works with. */
    public record Tools(TaskStore store, Teacher teacher, Encoders encoders, ExportFormat format, Uploads uploads) {}

    private final Tools tools;
    private final TeachingJob teaching;

    public ImportJob(Tools tools) {
        this.tools = tools;
        this.teaching = new TeachingJob(tools.store(), tools.teacher()::teach);
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
                steps(job).begun().forEach(step -> step.before().ifPresent(files::add));
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
            return new Outcome(steps(job).end(result(job, besides(listed))), true);
        } catch (Cancelled cancelled) {
            undo(job);
            return new Outcome(result(job, List.of()), false);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public Optional<String> kept(Job job, byte[] payload) {
        return steps(job).done().isEmpty() ? Optional.empty() : Optional.of(result(job, List.of()));
    }

    @Override
    public void giveUp(Job job, byte[] payload) {
        undo(job);
        abandon(job, payload);
    }

    @Override
    public void abandon(Job job, byte[] payload) {
        tools.uploads().discard(ImportOrder.of(payload).upload());
    }

    private ImportSteps steps(Job job) {
        return new ImportSteps(tools.store(), job.id());
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

    private String result(Job job, List<String> besides) {
        return new JsonText()
                .putAll("tasks", steps(job).done(), one -> one)
                .putAll("other_members", besides, id -> "\"" + id + "\"")
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

        void bring(Task task, List<Teaching> teachings) {
            int step = position++;
            if (!steps.isDone(step)) {
                if (!progress.mayGoOn()) {
                    throw new Cancelled();
                }
                bring(step, task, teachings);
            }
            examples += teachings.size();
            progress.report(examples, job.progress().total(), position + " tasks");
        }

        private void bring(int step, Task task, List<Teaching> teachings) {
            Optional<StoredTask> there = tools.store().task(task.id());
            if (steps.begun(step).isEmpty() && there.isPresent() && onConflict == OnConflict.SKIP) {
                steps.finish(step, json(task, "skipped", there.get()));
                return;
            }
            Step begun = tools.teacher().alone(task.id(), () -> define(step, task));
            TeachingPayload payload = new TeachingPayload(teachings, List.of(), 0);
            boolean whole = teaching.work(part(step, task.id()), payload.toBytes(), new Quietly(progress))
                    .complete();
            if (!whole) {
                throw new Cancelled();
            }
            StoredTask now = tools.store()
                    .task(task.id())
                    .orElseThrow(() -> new Refusal.Conflict(
                            "The task '" + task.id() + "' was removed while it was being imported."));
            steps.finish(step, json(task, begun.before().isPresent() ? "replaced" : "created", now));
            begun.before().ifPresent(tools.uploads()::discard);
        }

        /** Whatever was there goes, with a copy kept; nothing is done again of what was done before. */
        private Step define(int step, Task task) {
            Optional<Step> before = steps.begun(step);
            if (before.isPresent() && steps.isDefined(step)) {
                return before.get();
            }
            Step begun = before.orElseGet(() -> steps.begin(step, task.id(), copy(task.id())));
            if (tools.store().task(task.id()).isPresent()) {
                tools.teacher().remove(task.id());
            }
            tools.teacher().define(task);
            steps.define(step);
            return begun;
        }

        /** Of a task that is there: a file to put it back from. */
        private Optional<String> copy(TaskId id) {
            return tools.store().task(id).map(present -> {
                if (onConflict != OnConflict.REPLACE) {
                    throw new Refusal.Conflict(
                            "There is a task '" + id + "' already; import with on_conflict=replace or =skip.");
                }
                return stage(present.task());
            });
        }

        /** The teaching of one task; its steps are kept under keys that go with those of the import. */
        private Job part(int step, TaskId task) {
            return new Job(
                    steps.teaching(step),
                    TeachingJob.KIND,
                    task.value(),
                    job.status(),
                    job.progress(),
                    job.createdAt(),
                    job.startedAt(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
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

    private String stage(Task task) {
        List<Teaching> teachings = tools.store().examples(task.id()).stream()
                .map(Example::teaching)
                .toList();
        Exported copy = new Exported(task, teachings, new Listed(task.id(), teachings.size(), List.of(), List.of()));
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            tools.format().write(List.of(copy).iterator(), bytes);
            return tools.uploads().stage(new ByteArrayInputStream(bytes.toByteArray()));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Takes back the task that was begun and not finished, if there is one. */
    private void undo(Job job) {
        ImportSteps steps = steps(job);
        for (Step step : steps.begun()) {
            if (!steps.isDone(step.position())) {
                tools.teacher().alone(step.task(), () -> {
                    undo(step, steps.isDefined(step.position()));
                    return step;
                });
                step.before().ifPresent(tools.uploads()::discard);
            }
        }
    }

    /** A task that somebody has removed meanwhile stays removed. */
    private void undo(Step step, boolean defined) {
        boolean there = tools.store().task(step.task()).isPresent();
        if (defined && !there) {
            return;
        }
        if (step.before().isEmpty()) {
            if (there) {
                tools.teacher().remove(step.task());
            }
            return;
        }
        try (InputStream before = tools.uploads().open(step.before().get())) {
            tools.format().read(before, (task, teachings) -> {
                if (there) {
                    tools.teacher().remove(task.id());
                }
                tools.teacher().define(task);
                for (int start = 0; start < teachings.size(); start += BATCH) {
                    tools.teacher()
                            .teach(
                                    task.id(),
                                    teachings.subList(start, Math.min(teachings.size(), start + BATCH)),
                                    Optional.empty(),
                                    taught -> new Idempotency.Reply(0, ""));
                }
            });
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Says only whether to go on: the teaching of one task is a part of the import's progress. */
    private record Quietly(JobProgress progress) implements JobProgress {
        @Override
        public void report(long done, long total, String message) {}

        @Override
        public void log(String message) {
            progress.log(message);
        }

        @Override
        public boolean mayGoOn() {
            return progress.mayGoOn();
        }

        @Override
        public void pause(Duration duration) {
            progress.pause(duration);
        }
    }

    /** Leaves a file that is not wanted any longer. Never leaves this class. */
    private static final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cancelled() {
            super("cancelled", null, false, false);
        }
    }
}
