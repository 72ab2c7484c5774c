// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.evaluate.SuiteAccuracyStore;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Apprenticeship.Bar;
import dev.perennial.shadow.Apprenticeship.Marks;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.task.FormerTasks;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Tasks that answer silently, and when they need not any more. Thread-safe. */
public final class Apprentices {
    private static final System.Logger LOG = System.getLogger(Apprentices.class.getName());

    /** Silent answers of a task that feedback can judge. */
    private static final int MOST_ANSWERS = 4096;

    /** As many as are kept. */
    private static final int MOST_LOOKS = 1_000;

    private final Ports ports;
    private final Map<TaskId, Apprentice> apprenticeByTask = new ConcurrentHashMap<>();
    private final FormerTasks former = new FormerTasks();
    /** Of the former ones, those that answered silently. */
    private final FormerTasks silentFormer = new FormerTasks();

    /**
     * What apprenticeships need.
     *
     * @param store where they are kept
     * @param accuracies how well suites were answered
     * @param suites their rows
     * @param active what serves
     * @param clock what time it is
     */
    public record Ports(
            ApprenticeshipStore store,
            SuiteAccuracyStore accuracies,
            SuiteStore suites,
            ActiveEnsembles active,
            InstantSource clock) {
        Instant now() {
            return clock.instant().truncatedTo(ChronoUnit.MICROS);
        }
    }

    public Apprentices(Ports ports) {
        this.ports = ports;
    }

    /** How many rows of a suite were taught as well. */
    private record Taught(Of of, long rows) {
        /**
         * What decides that.
         *
         * @param suite digest of the suite
         * @param revision of the task, which is another one when anything of it changes
         */
        record Of(String suite, RevisionId revision) {}
    }

    /** One task that answers silently. Guarded by itself, but for what is kept, which whoever writes guards. */
    private static final class Apprentice {
        private final Map<String, Boolean> silentById = new LinkedHashMap<>();
        private Apprenticeship now;
        private Apprenticeship kept;
        private boolean isReached;
        private volatile @Nullable Taught taught;

        synchronized Apprenticeship snapshot() {
            return now;
        }

        synchronized boolean isGoodEnough() {
            return isReached;
        }

        /**
         * How many rows of a suite an ensemble was taught, which is counted once: a suite can be large. Whoever answers
         * does not wait for it.
         */
        long taught(Taught.Of of, ToLongFunction<Taught.Of> count) {
            Taught known = taught;
            if (known == null || !known.of().equals(of)) {
                known = new Taught(of, count.applyAsLong(of));
                taught = known;
            }
            return known.rows();
        }

        /** Goes on by another bar, which is kept. */
        synchronized void changed(Apprenticeship other) {
            now = now.by(other.bar());
            kept = other;
            look();
        }

        /** Of what was counted before a start or another bar, the bar says the same as when it was counted. */
        private void look() {
            isReached = now.bar().isReached(now.marks().right(), now.marks().judged());
        }

        private Apprentice(Apprenticeship now) {
            this.now = now;
            this.kept = now;
            look();
        }
    }

    /** Goes on with those that went on when the service stopped. */
    public void restore() {
        ports.store().running().forEach(one -> apprenticeByTask.put(one.task(), new Apprentice(one)));
    }

    /** Whether a task answers silently. */
    public boolean isApprentice(TaskId task) {
        return apprenticeByTask.containsKey(task);
    }

    /**
     * Whether an answer is given silently. The last ones of a task that was replaced are as it was.
     *
     * @param by the revision that answered
     */
    public boolean isSilent(TaskId task, RevisionId by) {
        // Looked at first: it is what the answering task was, or that one is a former task by now.
        boolean isApprentice = isApprentice(task);
        return former.had(task, by) ? silentFormer.had(task, by) : isApprentice;
    }

    /**
     * A task is gone, of which answers may be on their way.
     *
     * @param last the latest revision that it can have had
     */
    public synchronized void gone(TaskId task, RevisionId last) {
        if (isApprentice(task)) {
            silentFormer.add(task, last);
        }
        former.add(task, last);
        apprenticeByTask.remove(task);
    }

    /**
     * A whole task is stored, and answers nothing yet.
     *
     * @param bar what it must reach, of one that is to answer silently
     * @param at when its apprenticeship began
     */
    public synchronized void arrived(TaskId task, Optional<Bar> bar, Instant at) {
        apprenticeByTask.remove(task);
        bar.ifPresent(wanted -> apprenticeByTask.put(task, new Apprentice(Apprenticeship.begun(task, wanted, at))));
    }

    /**
     * Has a task answer silently until it is good enough. One that does so already goes on by the new bar.
     *
     * @return whether it begins to
     * @throws Refusal.NotFound when there is no such task
     */
    public synchronized boolean begin(TaskId task, Bar bar) {
        Apprentice present = apprenticeByTask.get(task);
        if (present == null) {
            Apprenticeship begun = Apprenticeship.begun(task, bar, ports.now());
            ports.store().put(begun);
            apprenticeByTask.put(task, new Apprentice(begun));
            return true;
        }
        Apprenticeship changed = present.snapshot().by(bar);
        if (!present.snapshot().bar().equals(bar)) {
            ports.store().put(changed);
            present.changed(changed);
        }
        return false;
    }

    /** The apprenticeship of a task, which may have ended. */
    public Optional<Apprenticeship> find(TaskId task) {
        Apprentice present = apprenticeByTask.get(task);
        if (present == null) {
            return ports.store().find(task);
        }
        return Optional.of(present.snapshot());
    }

    /** Has a task answer aloud; nothing changes where it does. */
    public void end(TaskId task) {
        end(task, State.ENDED, "ended by hand");
    }

    private synchronized void end(TaskId task, State how, String why) {
        Apprentice present = apprenticeByTask.get(task);
        if (present == null) {
            return;
        }
        ports.store().end(present.snapshot().ended(how, why, ports.now()));
        apprenticeByTask.remove(task);
    }

    /** Goes by what is stored of a task that may be gone, or may be another one. */
    public synchronized void erased(TaskId task) {
        Optional<Apprenticeship> stored = ports.store().find(task).filter(Apprenticeship::isRunning);
        Apprentice present = apprenticeByTask.get(task);
        if (stored.isEmpty()) {
            apprenticeByTask.remove(task);
        } else if (present == null
                || !present.snapshot().startedAt().equals(stored.get().startedAt())) {
            apprenticeByTask.put(task, new Apprentice(stored.get()));
        }
    }

    /**
     * Notes answers that were given silently.
     *
     * @param by the revision that answered
     */
    public void answered(TaskId task, RevisionId by, List<String> ids) {
        Apprentice present = apprenticeByTask.get(task);
        if (present == null || former.had(task, by)) {
            return;
        }
        synchronized (present) {
            for (String id : ids) {
                present.silentById.put(id, true);
                if (present.silentById.size() > MOST_ANSWERS) {
                    present.silentById.remove(
                            present.silentById.keySet().iterator().next());
                }
            }
            Marks marks = present.now.marks();
            present.now = present.now.counting(new Marks(marks.answers() + ids.size(), marks.judged(), marks.right()));
        }
    }

    /**
     * Feedback has judged an answer, which counts once and only if it was given silently.
     *
     * @param keptAt when it was given, where that is known of the prediction log and it is judged for the first time:
     *     whatever was answered since the task became an apprentice was answered silently
     */
    public void judged(TaskId task, String prediction, boolean wasWrong, Optional<Instant> keptAt) {
        Apprentice present = apprenticeByTask.get(task);
        if (present == null) {
            return;
        }
        boolean isReached;
        synchronized (present) {
            @Nullable Boolean silent = present.silentById.remove(prediction);
            boolean isSince =
                    keptAt.filter(at -> !at.isBefore(present.now.startedAt())).isPresent();
            if (silent == null && !isSince) {
                return;
            }
            Marks marks = present.now.marks();
            Marks more = new Marks(marks.answers(), marks.judged() + 1, marks.right() + (wasWrong ? 0 : 1));
            present.now = present.now.counting(more);
            present.isReached |= present.now.bar().isReached(more.right(), more.judged());
            isReached = present.isReached;
        }
        if (isReached) {
            endOrTryAgain(task);
        }
    }

    /** What cannot be kept is tried again with the next round. */
    private void endOrTryAgain(TaskId task) {
        try {
            end(task, State.PROMOTED, "feedback says that it is good enough");
        } catch (RuntimeException unwritable) {
            LOG.log(System.Logger.Level.WARNING, "The apprenticeship of task " + task + " could not end", unwritable);
        }
    }

    /** Looks at suites, and keeps what was counted. */
    public void lookAfter() {
        each(this::lookAfter);
    }

    /** One that fails keeps no other from it. */
    private void each(Consumer<TaskId> work) {
        for (TaskId task : List.copyOf(apprenticeByTask.keySet())) {
            try {
                work.accept(task);
            } catch (RuntimeException failure) {
                LOG.log(
                        failure instanceof Refusal ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "The apprenticeship of task " + task + " could not be looked after; tried again if it goes on",
                        failure);
            }
        }
    }

    private void lookAfter(TaskId task) {
        Apprentice present = apprenticeByTask.get(task);
        if (present == null) {
            return;
        }
        Apprenticeship now = present.snapshot();
        if (present.isGoodEnough()) {
            endOrTryAgain(task);
        } else if (now.bar().gate() && isReachedBySuite(present, now)) {
            end(task, State.PROMOTED, "its suite says that it is good enough");
        } else {
            keep(task);
        }
    }

    /** Only what the present answers to the suite say counts. */
    private boolean isReachedBySuite(Apprentice present, Apprenticeship apprenticeship) {
        Optional<Ensemble> serving = ports.active().find(apprenticeship.task());
        List<SuiteAccuracyStore.Asked> steps =
                ports.accuracies().latest(List.of(apprenticeship.task()), MOST_LOOKS).stream()
                        .map(SuiteAccuracyStore.Step::asked)
                        .toList();
        if (serving.isEmpty() || steps.isEmpty()) {
            return false;
        }
        // What serves may have been asked before the apprenticeship began, and is not asked again.
        SuiteAccuracyStore.Asked last = steps.get(steps.size() - 1);
        long since = steps.stream()
                .filter(asked -> !asked.recordedAt().isBefore(apprenticeship.startedAt()))
                .count();
        if (!last.revision().equals(serving.get().answerRevision())) {
            return false;
        }
        Taught.Of of = new Taught.Of(last.suite(), serving.get().revision());
        long taught = present.taught(of, unknown -> taught(serving.get()));
        return isReached(apprenticeship.bar(), last, taught, Math.toIntExact(Math.max(1, since)));
    }

    /** Rows that were taught as well tell nothing: all of them count as right, and are left out. */
    private static boolean isReached(Bar bar, SuiteAccuracyStore.Asked asked, long taught, int look) {
        double right = Math.max(0, asked.accuracy() * (double) asked.rows() - (double) taught);
        return bar.isReachedBySuite(right, Math.max(0, asked.rows() - taught), look);
    }

    private long taught(Ensemble serving) {
        return ports.suites().rows(serving.task().id(), 0, Integer.MAX_VALUE).stream()
                .filter(row -> serving.remembers(row.teaching().input()))
                .count();
    }

    /** Keeps what was counted. */
    public void keepAll() {
        each(this::keep);
    }

    /** Nobody who answers or judges waits for the store. */
    private synchronized void keep(TaskId task) {
        Apprentice present = apprenticeByTask.get(task);
        if (present == null) {
            return;
        }
        Apprenticeship now = present.snapshot();
        if (!now.equals(present.kept)) {
            ports.store().keep(now);
            present.kept = now;
        }
    }
}
