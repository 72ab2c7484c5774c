// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.evaluate.Candidacy;
import dev.perennial.evaluate.GateReport;
import dev.perennial.evaluate.Gatekeeper;
import dev.perennial.evaluate.Paired;
import dev.perennial.learn.Admittance;
import dev.perennial.learn.Rehearsal;
import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Has the gates of tasks decide whether what a job has learnt may serve. Thread-safe. */
public final class JobGate {
    private static final System.Logger LOG = System.getLogger(JobGate.class.getName());

    /** Lets everything serve. */
    public static final JobGate OPEN = new JobGate(Optional.empty());

    private final Optional<Asking> asking;

    private record Asking(Gatekeeper gatekeeper, Function<TaskId, Rehearsal> serving) {}

    /** @param serving what serves a task; fails where the task does not serve as it is stored */
    public JobGate(Gatekeeper gatekeeper, Function<TaskId, Rehearsal> serving) {
        this(Optional.of(new Asking(gatekeeper, serving)));
    }

    private JobGate(Optional<Asking> asking) {
        this.asking = asking;
    }

    /** Has the gates decide about what a job has learnt. */
    Ruling of(Job job) {
        return new Ruling(asking, job);
    }

    /**
     * What came of one task's gate.
     *
     * @param report of the gate; empty when it could not judge
     * @param passed what it comes to; empty when the task is left out
     * @param reason why the gate could not judge, or why the candidate may not serve
     */
    private record Finding(
            TaskId task, Optional<GateReport> report, Optional<Boolean> passed, Optional<String> reason) {
        static Finding of(GateReport report) {
            boolean passed = report.verdict().passed();
            Optional<String> reason = passed
                    ? Optional.empty()
                    : Optional.of("The gate of task " + report.suite().task().value() + " keeps it from serving: "
                            + String.join("; ", report.verdict().objections()) + ".");
            return new Finding(report.suite().task(), Optional.of(report), Optional.of(passed), reason);
        }

        /** Of what the change has no part in. */
        static Finding leftOut(TaskId task, String reason) {
            return new Finding(task, Optional.empty(), Optional.empty(), Optional.of(reason));
        }

        /** Of what the change has done. */
        static Finding broken(TaskId task) {
            String reason = "Task " + task.value() + " cannot be learnt or answered with it, and can be without.";
            return new Finding(task, Optional.empty(), Optional.of(false), Optional.of(reason));
        }

        boolean isObjection() {
            return passed.isPresent() && !passed.get();
        }

        String json() {
            JsonText json = new JsonText().put("task", task.value());
            if (report.isPresent()) {
                return json.put("gate", report.get().id())
                        .put("passed", report.get().verdict().passed())
                        .toString();
            }
            return json.putJson("gate", "null")
                    .putJson("passed", passed.map(String::valueOf).orElse("null"))
                    .put("reason", reason.orElseThrow())
                    .toString();
        }
    }

    /** The gates' word on one candidate. Not thread-safe. */
    static final class Ruling implements Admittance {
        private final Optional<Asking> asking;
        private final Job job;
        private final List<Finding> findings = new ArrayList<>();

        private Ruling(Optional<Asking> asking, Job job) {
            this.asking = asking;
            this.job = job;
        }

        /**
         * Every task that has a suite is asked, so that each has a report. One that cannot be judged for what has
         * nothing to do with the candidate is left out, so that it keeps no other from what was learnt.
         */
        @Override
        public boolean admits(Set<TaskId> tasks, Function<TaskId, Optional<Rehearsal>> rehearsals) {
            asking.ifPresent(gates -> tasks.stream()
                    .sorted((a, b) -> a.value().compareTo(b.value()))
                    .filter(gates.gatekeeper()::isAsked)
                    .forEach(task -> finding(gates, task, rehearsals).ifPresent(findings::add)));
            return objection().isEmpty();
        }

        private Optional<Finding> finding(Asking gates, TaskId task, Function<TaskId, Optional<Rehearsal>> rehearsals) {
            Optional<Rehearsal> serving = serving(gates, task);
            if (serving.isEmpty()) {
                return Optional.of(
                        Finding.leftOut(task, "Task " + task.value() + " is not answered now, whatever serves."));
            }
            Optional<Optional<Finding>> found = undisturbed(
                    task,
                    "cannot be judged",
                    () -> rehearsals
                            .apply(task)
                            .flatMap(candidate -> judge(gates, new Paired<>(serving.get(), candidate))));
            return found.orElseGet(() -> Optional.of(
                    isJudgeable(gates, task, serving.get())
                            ? Finding.broken(task)
                            : Finding.leftOut(
                                    task, "Its suite can be asked neither with it nor without; store it anew.")));
        }

        /** Empty for a task that could not be learnt; a service that stops says the same of every task. */
        private static Optional<Rehearsal> serving(Asking gates, TaskId task) {
            try {
                return undisturbed(
                        task, "is not answered now", () -> gates.serving().apply(task));
            } catch (Refusal.NotReady unlearnt) {
                if (Thread.currentThread().isInterrupted()) {
                    throw unlearnt;
                }
                return Optional.empty();
            }
        }

        private static boolean isJudgeable(Asking gates, TaskId task, Rehearsal serving) {
            return undisturbed(task, "cannot be judged by what serves either", () -> {
                        gates.gatekeeper().requireJudgeable(serving);
                        return true;
                    })
                    .isPresent();
        }

        /**
         * Does something with a task; empty when it fails for what is the task's own. What is no task's, as a full
         * queue or disk or the end of the service, ends the job.
         */
        private static <T> Optional<T> undisturbed(TaskId task, String trouble, Supplier<T> work) {
            try {
                return Optional.of(work.get());
            } catch (CancellationException
                    | JobStopped
                    | Refusal.Saturated
                    | Refusal.StoreUnavailable
                    | Refusal.NotReady passing) {
                throw passing;
            } catch (RuntimeException failure) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Task {0} {1}: {2}",
                        task,
                        trouble,
                        failure.getClass().getName());
                return Optional.empty();
            }
        }

        /** Equal digests mean equal answers, of which nothing is to be asked. */
        private Optional<Finding> judge(Asking gates, Paired<Rehearsal> sides) {
            return sides.serving()
                            .ensemble()
                            .digest()
                            .equals(sides.candidate().ensemble().digest())
                    ? Optional.empty()
                    : gates.gatekeeper()
                            .judge(new Candidacy(job.kind(), job.id(), sides))
                            .map(Finding::of);
        }

        /** Why it may not serve; empty when it may. */
        Optional<String> objection() {
            return findings.stream().filter(Finding::isObjection).findFirst().flatMap(Finding::reason);
        }

        /** Puts what was said into a job's result; nothing where no task has a suite. */
        JsonText putTo(JsonText result) {
            return findings.isEmpty() ? result : result.putAll("gates", findings, Finding::json);
        }
    }
}
