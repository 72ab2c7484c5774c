// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.learn.Admittance;
import dev.perennial.learn.Comparison;
import dev.perennial.learn.Examiner;
import dev.perennial.refresh.CandidateShelf.Kept;
import dev.perennial.refresh.Refresher.Candidate;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Refreshes a member: learns a candidate, lets the tasks judge it, and promotes it or leaves everything as it was. Or
 * goes back to the member that was built. Thread-safe.
 *
 * <p>A candidate is on disk before the first task answers by it, so that a promotion which the end of the process cuts
 * off goes on after the next start, though the sample is gone by then.
 */
public final class RefreshJob implements JobWork {
    public static final String KIND = "member-refresh";

    private static final int STEPS_BESIDE_TASKS = 2;

    /** The static member serves every task alike. */
    private static final String NO_GROUP = "null";

    private final Refreshable refreshable;
    private final Members members;
    private final TaskStore store;
    private final Examiner examiner;
    private final Adopting adopting;
    private final InstantSource clock;

    /**
     * A member that can be refreshed.
     *
     * @param id of the member
     * @param refresher learns candidates for its place
     * @param shelf keeps them
     */
    public record Refreshable(String id, Refresher refresher, CandidateShelf shelf) {}

    /**
     * How an encoder comes to serve.
     *
     * @param adopt makes it serve in every task if it is admitted, as {@code learn.Teacher} does
     * @param gate asked before what was learnt serves
     */
    public record Adopting(BiPredicate<Encoder, Admittance> adopt, JobGate gate) {}

    /**
     * @param adopting has an encoder serve
     * @param clock tells when learning takes too long
     */
    public RefreshJob(
            Refreshable refreshable,
            Members members,
            TaskStore store,
            Examiner examiner,
            Adopting adopting,
            InstantSource clock) {
        this.refreshable = refreshable;
        this.members = members;
        this.store = store;
        this.examiner = examiner;
        this.adopting = adopting;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        RefreshOrder order = RefreshOrder.of(payload);
        return switch (order.aim()) {
            case LEARN -> {
                Optional<Kept> kept = refreshable.shelf().kept(job.id());
                yield kept.isPresent()
                        ? promoted(job, kept.get(), new Reporting(progress, STEPS_BESIDE_TASKS))
                        : refreshed(job, order, progress);
            }
            case GO_BACK -> wentBack(progress);
        };
    }

    private Outcome refreshed(Job job, RefreshOrder order, JobProgress progress) {
        List<TaskId> tasks = order.tasks().isEmpty()
                ? store.tasks().stream().map(stored -> stored.task().id()).toList()
                : order.tasks();
        TimeLimit limit = TimeLimit.of(job, order.longest(), clock);
        int steps = tasks.size() + STEPS_BESIDE_TASKS;
        progress.report(0, steps, "learning a candidate");
        Encoder serving = serving();
        refreshable.refresher().requireEvidence();
        Candidate candidate = refreshable.refresher().learn(serving, order.seed());
        List<Comparison> comparisons = new ArrayList<>();
        for (int done = 0; done < tasks.size() && progress.mayGoOn() && !limit.hasPassed(); done++) {
            progress.report(done + 1L, steps, "judging");
            examiner.compare(tasks.get(done), serving, candidate.encoder()).ifPresent(comparisons::add);
        }
        Judgement judgement =
                new Judgement(candidate, comparisons, !order.tasks().isEmpty());
        if (!progress.mayGoOn()) {
            return new Outcome(result(false, reason("cancelled")), false);
        }
        if (limit.hasPassed()) {
            progress.report(steps, steps, "rejected");
            String late = "It was not learnt and judged within max_minutes, "
                    + order.longest().toMinutes() + "; nothing has changed.";
            return new Outcome(result(false, reason(late)), true);
        }
        if (!judgement.promotes()) {
            progress.report(steps, steps, "rejected");
            return new Outcome(result(false, judgement.report()), true);
        }
        Kept kept = refreshable.shelf().keep(job.id(), candidate.encoder(), judgement.report());
        return promoted(job, kept, new Reporting(progress, steps));
    }

    private record Reporting(JobProgress progress, long steps) {}

    private Encoder serving() {
        return members.encoder(refreshable.id()).orElseThrow(() -> new Refusal.NotFound("member", refreshable.id()));
    }

    private Outcome promoted(Job job, Kept kept, Reporting reporting) {
        long steps = reporting.steps();
        reporting.progress().report(steps - 1, steps, "learning every task with it");
        Encoder encoder = servingOr(kept.encoder());
        JobGate.Ruling gates = adopting.gate().of(job);
        // Some tasks are learnt with it already where the work is begun again while it serves.
        Admittance admittance = encoder.equals(kept.encoder()) ? gates : Admittance.ALWAYS;
        if (!adopting.adopt().test(encoder, new WatchedAdmittance(reporting.progress(), admittance))) {
            refreshable.shelf().discard(job.id());
            reporting.progress().report(steps, steps, "rejected");
            String report = new JsonText()
                    .put("reason", gates.objection().orElse("It was not admitted."))
                    .putJson("judgement", kept.report())
                    .toString();
            return new Outcome(
                    gates.putTo(result(false)).putJson("report", report).toString(), true);
        }
        refreshable.shelf().confirm(job.id());
        reporting.progress().report(steps, steps, "serving");
        return new Outcome(
                gates.putTo(result(true)).putJson("report", kept.report()).toString(), true);
    }

    /** Work that is begun again may find the encoder among those that serve, and some tasks still without it. */
    private Encoder servingOr(Encoder opened) {
        return members.encoder(refreshable.id())
                .filter(serving -> isSame(serving, opened))
                .orElse(opened);
    }

    private static boolean isSame(Encoder a, Encoder b) {
        return a.info().digest().equals(b.info().digest());
    }

    private Outcome wentBack(JobProgress progress) {
        progress.report(0, STEPS_BESIDE_TASKS, "learning every task with what was built");
        boolean unused = adopting.adopt()
                .test(servingOr(refreshable.shelf().built()), new WatchedAdmittance(progress, Admittance.ALWAYS));
        refreshable.shelf().forget();
        progress.report(STEPS_BESIDE_TASKS, STEPS_BESIDE_TASKS, "serving");
        String report = new JsonText()
                .put("reason", "What was built serves again.")
                .put("digest", refreshable.shelf().built().info().digest())
                .toString();
        return new Outcome(result(false, report), true);
    }

    /** What serves though some task failed to learn with it is what the next start has to find. */
    @Override
    public void giveUp(Job job, byte[] payload) {
        switch (RefreshOrder.of(payload).aim()) {
            case LEARN -> giveUpLearning(job);
            case GO_BACK -> {
                if (isSame(serving(), refreshable.shelf().built())) {
                    refreshable.shelf().forget();
                }
            }
        }
    }

    /** A promotion that the end of the process cut off may be cancelled before it goes on. */
    @Override
    public void abandon(Job job, byte[] payload) {
        refreshable.shelf().discard(job.id());
    }

    private void giveUpLearning(Job job) {
        Optional<Kept> kept = refreshable.shelf().kept(job.id());
        if (kept.isPresent() && isSame(serving(), kept.get().encoder())) {
            refreshable.shelf().confirm(job.id());
        } else {
            refreshable.shelf().discard(job.id());
        }
    }

    /** A report that has nothing but a reason. */
    private static String reason(String words) {
        return new JsonText().put("reason", words).toString();
    }

    private String result(boolean promoted, String report) {
        return result(promoted).putJson("report", report).toString();
    }

    private JsonText result(boolean promoted) {
        return new JsonText()
                .put("promoted", promoted)
                .put("member", refreshable.id())
                .putJson("group", NO_GROUP);
    }
}
