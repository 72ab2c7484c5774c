// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.adapt.TaskGroup;
import dev.perennial.encode.Encoder;
import dev.perennial.learn.Adaptation;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.Admittance;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.learn.Examiner;
import dev.perennial.learn.Prospect;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.AdaptationRun.Tried;
import dev.perennial.refresh.AdapterShelf.Kept;
import dev.perennial.refresh.Folds.Labelled;
import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Adapts an encoder to tasks, has the examples that it was not adapted to judge it, and has it answer these tasks or
 * leaves everything as it was. Or ends all adaptations of an encoder. Thread-safe.
 *
 * <p>An adapter is on disk before the first task answers by it, so that a promotion which the end of the process cuts
 * off goes on after the next start.
 */
public final class AdaptationJob implements JobWork {
    public static final String KIND = "member-adaptation";

    private static final long HUNDREDTHS = 100;

    /** The fewest parameters first. */
    private static final List<AdaptationStrategy> LADDER =
            List.of(AdaptationStrategy.BITFIT, AdaptationStrategy.LORA, AdaptationStrategy.LAST_LAYERS);

    private final Tools tools;
    private final AdapterShelf shelf;
    private final Members members;
    private final InstantSource clock;

    /**
     * What adaptations are made with.
     *
     * @param trainer adapts
     * @param examiner judges
     * @param teacher has tasks learn with what was adapted
     * @param examples what can be adapted to
     * @param shelf keeps what was adapted
     * @param groups in which group a task is
     * @param observer told of merges
     * @param memoryBytes most memory that a training may take
     * @param gate asked before anything that was adapted serves
     */
    public record Tools(
            EncoderTrainer trainer,
            Examiner examiner,
            Teacher teacher,
            LabelledExamples examples,
            AdapterShelf shelf,
            Function<TaskId, Optional<TaskGroup>> groups,
            MergeObserver observer,
            long memoryBytes,
            JobGate gate) {}

    /** @param clock tells when learning takes too long */
    public AdaptationJob(Tools tools, Members members, InstantSource clock) {
        this.tools = tools;
        this.shelf = tools.shelf();
        this.members = members;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        Outcome outcome;
        try {
            outcome = outcome(job, payload, progress);
        } catch (JobStopped stopped) {
            if (progress.isEnded()) {
                tools.trainer().end(job.id());
            }
            throw stopped;
        }
        tools.trainer().end(job.id());
        return outcome;
    }

    private Outcome outcome(Job job, byte[] payload, JobProgress progress) {
        RefreshOrder order = RefreshOrder.of(payload);
        return switch (order.aim()) {
            case LEARN -> learnt(job, order, progress);
            case GO_BACK -> wentBack(job, progress);
        };
    }

    private Outcome learnt(Job job, RefreshOrder order, JobProgress progress) {
        Optional<Kept> old = groupsAdapter(job, order);
        Set<TaskId> concerned = new LinkedHashSet<>(order.tasks());
        old.ifPresent(one -> concerned.addAll(one.tasks()));
        kept(job.id()).ifPresent(one -> concerned.addAll(one.tasks()));
        // Before anything is read that may be erased while it is learnt from.
        try (Prospect prospect = tools.teacher().prospect(concerned)) {
            Optional<Kept> kept = kept(job.id());
            if (kept.isPresent()) {
                // The gate has let it pass before it was kept.
                return promoted(new Promotion(kept.get(), order, prospect, JobGate.OPEN.of(job)), () -> true, progress);
            }
            return learnt(new Assignment(job, order, old.flatMap(one -> kept(one.id())), prospect), progress);
        }
    }

    private Optional<Kept> kept(String id) {
        return shelf.kept().stream().filter(kept -> kept.id().equals(id)).findFirst();
    }

    /** The group of all of some tasks; empty when they are not of one. */
    private Optional<TaskGroup> group(List<TaskId> tasks) {
        return tools.groups().apply(tasks.get(0)).filter(group -> group.tasks().containsAll(tasks));
    }

    /**
     * The adapter that tasks of the same group share, and no others, and that can go on learning: of several the one
     * that answers most of them, then the latest. None where it answers one of the ordered tasks already: that one
     * begins anew.
     */
    private Optional<Kept> groupsAdapter(Job job, RefreshOrder order) {
        List<TaskId> group = group(order.tasks()).map(TaskGroup::tasks).orElse(List.of());
        String base = base(job.subject()).info().digest();
        return shelf.kept().stream()
                .filter(kept ->
                        kept.member().equals(job.subject()) && kept.base().equals(base))
                .filter(kept -> kept.information().length > 0)
                .filter(kept -> order.strategy().equals(RefreshOrder.AUTO)
                        || order.strategy().equals(kept.strategy()))
                .filter(kept -> Collections.disjoint(kept.tasks(), order.tasks()))
                .filter(kept -> group.containsAll(kept.tasks()))
                .max(Comparator.comparing((Kept kept) -> kept.tasks().size()).thenComparing(Kept::createdAt));
    }

    private Encoder base(String member) {
        return members.encoder(member).orElseThrow(() -> new Refusal.NotFound("member", member));
    }

    /** @param old the adapter of the tasks' group that may go on learning */
    private record Assignment(Job job, RefreshOrder order, Optional<Kept> old, Prospect prospect) {

        /** What an adapter is worth is told by labels, so that none goes on with scores, nor without labels. */
        Assignment with(List<Labelled> examples) {
            boolean areLabelled =
                    examples.stream().allMatch(each -> each.score().isEmpty())
                            && !order.objective().equals(AdaptationObjective.SELF_CONTRAST.key());
            return new Assignment(job, order, old.filter(one -> areLabelled), prospect);
        }
    }

    private Outcome learnt(Assignment asked, JobProgress progress) {
        Job job = asked.job();
        RefreshOrder order = asked.order();
        Prospect prospect = asked.prospect();
        Encoder base = base(job.subject());
        List<Labelled> examples = tools.examples().of(order.tasks());
        Assignment assignment = asked.with(examples);
        TimeLimit limit = TimeLimit.of(job, order.longest(), clock);
        Set<String> before = assignment.old().map(Kept::learntFrom).orElse(Set.of());
        AdaptationRun.Subject subject = new AdaptationRun.Subject(
                job.id(),
                tasks(assignment),
                base,
                order,
                examples,
                UnlabelledTexts.of(order.texts(), examples),
                before,
                prospect);
        AdaptationChoice choice = new AdaptationChoice(new AdaptationRun(tools, subject, progress, limit));
        Optional<Tried> best;
        try {
            best = best(choice, assignment);
        } catch (CancellationException ended) {
            best = Optional.empty();
        }
        if (!progress.mayGoOn()) {
            return new Outcome(result(job.subject(), order.tasks(), false, reason("cancelled")), false);
        }
        if (!subject.isSound()) {
            return erased(job.subject(), order.tasks(), progress);
        }
        String report = report(choice, best, assignment);
        if (best.isEmpty()) {
            progress.report(HUNDREDTHS, HUNDREDTHS, "rejected");
            return new Outcome(result(job.subject(), order.tasks(), false, report), true);
        }
        Kept kept = kept(assignment, best.get(), report);
        Promotion promotion = new Promotion(kept, order, prospect, tools.gate().of(job));
        progress.report(HUNDREDTHS - 1, HUNDREDTHS, "asking the gate");
        return promoted(promotion, () -> prospect.keep(subject.inputs(), () -> shelf.keep(kept)), progress);
    }

    private static Set<TaskId> tasks(Assignment assignment) {
        Set<TaskId> tasks = new HashSet<>(assignment.order().tasks());
        assignment.old().ifPresent(old -> tasks.addAll(old.tasks()));
        return tasks;
    }

    private static Optional<Tried> best(AdaptationChoice choice, Assignment assignment) {
        RefreshOrder order = assignment.order();
        return assignment.old().isPresent()
                ? choice.withGroup(
                        assignment.old().get(),
                        AdaptationStrategy.of(assignment.old().get().strategy()).orElseThrow(),
                        order.merge())
                : choice.own(
                        AdaptationStrategy.of(order.strategy()).map(List::of).orElse(LADDER));
    }

    private Kept kept(Assignment assignment, Tried chosen, String report) {
        Job job = assignment.job();
        Set<TaskId> tasks = new LinkedHashSet<>();
        Optional<Kept> shared = assignment.old().filter(old -> !(chosen.way() instanceof Way.Own));
        shared.ifPresent(old -> tasks.addAll(old.tasks()));
        tasks.addAll(assignment.order().tasks());
        return new Kept(
                job.id(),
                job.subject(),
                base(job.subject()).info().digest(),
                List.copyOf(tasks),
                chosen.learntFrom(),
                chosen.way().strategy().key(),
                chosen.verdict().trained(),
                clock.instant(),
                report,
                chosen.trained().adapter(),
                chosen.trained().information(),
                chosen.way() instanceof Way.Share share
                        ? Optional.of(share.merge().key())
                        : shared.flatMap(Kept::merge));
    }

    private Outcome erased(String member, List<TaskId> tasks, JobProgress progress) {
        progress.report(HUNDREDTHS, HUNDREDTHS, "rejected");
        String reason = "An example that it learnt from was erased meanwhile, or one of its tasks. Adapt it anew.";
        return new Outcome(result(member, tasks, false, reason(reason)), true);
    }

    /**
     * What is to serve.
     *
     * @param gates have a word in it
     */
    private record Promotion(Kept kept, RefreshOrder order, Prospect prospect, JobGate.Ruling gates) {}

    /** @param keeps whether what passes the gate is on disk */
    private Outcome promoted(Promotion promotion, BooleanSupplier keeps, JobProgress progress) {
        Kept kept = promotion.kept();
        Encoder encoder = tools.trainer().open(base(kept.member()), kept.adapter());
        Admittance admittance = new WatchedAdmittance(progress, (tasks, rehearsals) -> {
            if (!promotion.gates().admits(tasks, rehearsals)) {
                return false;
            }
            progress.report(HUNDREDTHS - 1, HUNDREDTHS, "learning its tasks with it");
            return isKept(kept, keeps, progress);
        });
        boolean serves;
        try {
            serves = tools.teacher().adapt(adaptation(kept, encoder), promotion.prospect(), admittance);
        } catch (RuntimeException failure) {
            discardUnkept(kept, encoder);
            throw failure;
        }
        if (!serves) {
            encoder.close();
            // Gone already, unless it could not be erased; and what was derived from it now goes as well.
            shelf.remove(kept.id());
            return promotion
                    .gates()
                    .objection()
                    .map(words -> refused(promotion, words, progress))
                    .orElseGet(() -> erased(kept.member(), promotion.order().tasks(), progress));
        }
        progress.report(HUNDREDTHS, HUNDREDTHS, "serving");
        JsonText result = result(kept.member(), promotion.order().tasks(), true);
        return new Outcome(
                promotion.gates().putTo(result).putJson("report", kept.report()).toString(), true);
    }

    /** What was kept by a job that was ended meanwhile is given back: who ended it may have looked before. */
    private boolean isKept(Kept kept, BooleanSupplier keeps, JobProgress progress) {
        progress.requireNotEnded();
        boolean isKept = keeps.getAsBoolean();
        if (progress.isEnded()) {
            shelf.remove(kept.id());
        }
        progress.requireNotEnded();
        return isKept;
    }

    /** What fails before it is kept is nobody's; what fails later goes on after the next start. */
    private void discardUnkept(Kept kept, Encoder encoder) {
        if (kept(kept.id()).isEmpty()) {
            encoder.close();
            shelf.remove(kept.id());
        }
    }

    private Outcome refused(Promotion promotion, String words, JobProgress progress) {
        progress.report(HUNDREDTHS, HUNDREDTHS, "rejected");
        JsonText result = result(promotion.kept().member(), promotion.order().tasks(), false);
        String report = new JsonText()
                .put("reason", words)
                .putMembers(promotion.kept().report())
                .toString();
        return new Outcome(
                promotion.gates().putTo(result).putJson("report", report).toString(), true);
    }

    /** What was kept, as it serves. */
    public static Adaptation adaptation(Kept kept, Encoder encoder) {
        return new Adaptation(kept.id(), kept.base(), encoder, new HashSet<>(kept.tasks()), kept.learntFrom());
    }

    private Outcome wentBack(Job job, JobProgress progress) {
        progress.report(0, HUNDREDTHS, "learning its tasks with what ships");
        List<Kept> ended = shelf.kept().stream()
                .filter(kept -> kept.member().equals(job.subject()))
                .toList();
        for (Kept kept : ended) {
            tools.teacher().endAdaptation(kept.id(), () -> {
                boolean unused = progress.mayGoOn();
            });
            shelf.remove(kept.id());
        }
        progress.report(HUNDREDTHS, HUNDREDTHS, "serving");
        return new Outcome(result(job.subject(), List.of(), false, reason("What ships serves again.")), true);
    }

    /** What serves though some task failed to learn with it is what the next start has to find. */
    @Override
    public void giveUp(Job job, byte[] payload) {
        tools.trainer().end(job.id());
        if (kept(job.id()).isPresent() && !tools.teacher().isAdapted(job.id())) {
            shelf.remove(job.id());
        }
    }

    /** One that had begun before a restart may be cancelled before it goes on. */
    @Override
    public void abandon(Job job, byte[] payload) {
        tools.trainer().end(job.id());
    }

    private static String report(AdaptationChoice choice, Optional<Tried> best, Assignment assignment) {
        JsonText report = new JsonText();
        assignment
                .old()
                .ifPresent(old -> report.put(
                                "decision", best.map(one -> one.way().key()).orElse("none"))
                        .put("continues", old.id())
                        .put("merge", assignment.order().merge().key()));
        return report.putAll("strategies", choice.reports(), json -> json).toString();
    }

    /** A report that has nothing but a reason. */
    private static String reason(String words) {
        return new JsonText().put("reason", words).toString();
    }

    private String result(String member, List<TaskId> tasks, boolean promoted, String report) {
        return result(member, tasks, promoted).putJson("report", report).toString();
    }

    private JsonText result(String member, List<TaskId> tasks, boolean promoted) {
        JsonText result = new JsonText().put("promoted", promoted).put("member", member);
        Optional<TaskGroup> group = tasks.isEmpty() ? Optional.empty() : group(tasks);
        return group.map(one -> result.put("group", one.id())).orElseGet(() -> result.putJson("group", "null"));
    }
}
