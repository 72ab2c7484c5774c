// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.evaluate.Candidacy;
import dev.perennial.evaluate.GateReport;
import dev.perennial.evaluate.Gatekeeper;
import dev.perennial.evaluate.Paired;
import dev.perennial.learn.Admittance;
import dev.perennial.learn.Rehearsal;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Has the gates of tasks decide whether what a job has learnt may serve. Thread-safe. */
public final class JobGate {
    /** Lets everything serve. */
    public static final JobGate OPEN = new JobGate(Optional.empty());

    private final Optional<Asking> asking;

    private record Asking(Gatekeeper gatekeeper, Function<TaskId, Rehearsal> serving) {}

    /** @param serving what serves a task */
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

    /** The gates' word on one candidate. Not thread-safe. */
    static final class Ruling implements Admittance {
        private final Optional<Asking> asking;
        private final Job job;
        private final List<GateReport> reports = new ArrayList<>();

        private Ruling(Optional<Asking> asking, Job job) {
            this.asking = asking;
            this.job = job;
        }

        /** Every task that has a suite is asked, so that each has a report. */
        @Override
        public boolean admits(Set<TaskId> tasks, Function<TaskId, Optional<Rehearsal>> rehearsals) {
            asking.ifPresent(gates -> tasks.stream()
                    .sorted((a, b) -> a.value().compareTo(b.value()))
                    .filter(gates.gatekeeper()::isAsked)
                    .forEach(task -> rehearsals
                            .apply(task)
                            .flatMap(candidate -> judge(gates, task, candidate))
                            .ifPresent(reports::add)));
            return objection().isEmpty();
        }

        /** Equal digests mean equal answers, of which nothing is to be asked. */
        private Optional<GateReport> judge(Asking gates, TaskId task, Rehearsal candidate) {
            Rehearsal serving = gates.serving().apply(task);
            return serving.ensemble().digest().equals(candidate.ensemble().digest())
                    ? Optional.empty()
                    : gates.gatekeeper().judge(new Candidacy(job.kind(), job.id(), new Paired<>(serving, candidate)));
        }

        /** Why it may not serve; empty when it may. */
        Optional<String> objection() {
            return reports.stream()
                    .filter(report -> !report.verdict().passed())
                    .findFirst()
                    .map(report -> "The gate of task " + report.suite().task().value() + " keeps it from serving: "
                            + String.join("; ", report.verdict().objections()) + ".");
        }

        /** Puts what was said into a job's result; nothing where no task has a suite. */
        JsonText putTo(JsonText result) {
            return reports.isEmpty() ? result : result.putAll("gates", reports, Ruling::json);
        }

        private static String json(GateReport report) {
            return new JsonText()
                    .put("task", report.suite().task().value())
                    .put("gate", report.id())
                    .put("passed", report.verdict().passed())
                    .toString();
        }
    }
}
