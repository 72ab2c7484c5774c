// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.learn.Adaptation;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.learn.Examiner;
import dev.perennial.learn.Prospect;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.AdaptationRun.Tried;
import dev.perennial.refresh.AdapterShelf.Kept;
import dev.perennial.refresh.Folds.Labelled;
import dev.perennial.refusal.Refusal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

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
     * @param memoryBytes most memory that a training may take
     */
    public record Tools(
            EncoderTrainer trainer,
            Examiner examiner,
            Teacher teacher,
            LabelledExamples examples,
            AdapterShelf shelf,
            long memoryBytes) {}

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
        RefreshOrder order = RefreshOrder.of(payload);
        return switch (order.aim()) {
            case LEARN -> {
                // Before anything is read that may be erased while it is learnt from.
                try (Prospect prospect = tools.teacher().prospect(order.tasks())) {
                    Optional<Kept> kept = kept(job);
                    yield kept.isPresent()
                            ? promoted(kept.get(), prospect, progress)
                            : learnt(new Assignment(job, order, prospect), progress);
                }
            }
            case GO_BACK -> wentBack(job, progress);
        };
    }

    private Optional<Kept> kept(Job job) {
        return shelf.kept().stream().filter(kept -> kept.id().equals(job.id())).findFirst();
    }

    private Encoder base(String member) {
        return members.encoder(member).orElseThrow(() -> new Refusal.NotFound("member", member));
    }

    private record Assignment(Job job, RefreshOrder order, Prospect prospect) {}

    private Outcome learnt(Assignment assignment, JobProgress progress) {
        Job job = assignment.job();
        RefreshOrder order = assignment.order();
        Prospect prospect = assignment.prospect();
        Encoder base = base(job.subject());
        List<Labelled> examples = tools.examples().of(order.tasks());
        List<AdaptationStrategy> strategies =
                AdaptationStrategy.of(order.strategy()).map(List::of).orElse(LADDER);
        Instant end = job.startedAt().orElseGet(clock::instant).plus(order.longest());
        AdaptationRun.Subject subject = new AdaptationRun.Subject(job.id(), base, order, examples, prospect);
        AdaptationRun run = new AdaptationRun(tools, subject, progress, new TimeLimit(clock, end));
        List<String> reports = new ArrayList<>();
        Optional<Tried> best;
        try {
            best = best(run, strategies, reports);
        } catch (CancellationException ended) {
            best = Optional.empty();
        }
        if (!progress.mayGoOn()) {
            return new Outcome(result(job.subject(), false, reason("cancelled")), false);
        }
        if (!subject.isSound()) {
            return erased(job.subject(), progress);
        }
        if (best.isEmpty()) {
            progress.report(HUNDREDTHS, HUNDREDTHS, "rejected");
            return new Outcome(result(job.subject(), false, report(reports)), true);
        }
        Tried chosen = best.get();
        Kept kept = new Kept(
                job.id(),
                job.subject(),
                base.info().digest(),
                order.tasks(),
                chosen.learntFrom(),
                chosen.verdict().strategy().key(),
                chosen.verdict().trained(),
                clock.instant(),
                report(reports),
                chosen.adapter());
        return prospect.keep(subject.inputs(), () -> shelf.keep(kept))
                ? promoted(kept, prospect, progress)
                : erased(job.subject(), progress);
    }

    private static Outcome erased(String member, JobProgress progress) {
        progress.report(HUNDREDTHS, HUNDREDTHS, "rejected");
        String reason = "An example that it learnt from was erased meanwhile, or one of its tasks. Adapt it anew.";
        return new Outcome(result(member, false, reason(reason)), true);
    }

    /**
     * Tries one strategy after another until one is no better than the one before it that passed. Where there are
     * several, one that is refused does not keep the others from being tried.
     */
    private static Optional<Tried> best(AdaptationRun run, List<AdaptationStrategy> strategies, List<String> reports) {
        Optional<Tried> best = Optional.empty();
        for (AdaptationStrategy strategy : strategies) {
            if (!run.mayGoOn()) {
                return best;
            }
            try {
                Tried tried = run.tried(strategy, strategies.size());
                reports.add(tried.verdict().report());
                if (tried.verdict().promotes()
                        && tried.gain() > best.map(Tried::gain).orElse(0.0)) {
                    best = Optional.of(tried);
                } else if (best.isPresent()) {
                    return best;
                }
            } catch (Refusal.Conflict | Refusal.Invalid refused) {
                if (strategies.size() == 1) {
                    throw refused;
                }
                reports.add(new JsonText()
                        .put("strategy", strategy.key())
                        .put("reason", String.valueOf(refused.getMessage()))
                        .toString());
            }
        }
        return best;
    }

    private Outcome promoted(Kept kept, Prospect prospect, JobProgress progress) {
        progress.report(HUNDREDTHS - 1, HUNDREDTHS, "learning its tasks with it");
        Encoder base = base(kept.member());
        Encoder encoder = tools.trainer().open(base, kept.adapter());
        if (!tools.teacher().adapt(adaptation(kept, encoder), prospect)) {
            encoder.close();
            // Gone already, unless it could not be erased; and what was derived from it now goes as well.
            shelf.remove(kept.id());
            return erased(kept.member(), progress);
        }
        progress.report(HUNDREDTHS, HUNDREDTHS, "serving");
        return new Outcome(result(kept.member(), true, kept.report()), true);
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
            tools.teacher().endAdaptation(kept.id());
            shelf.remove(kept.id());
        }
        progress.report(HUNDREDTHS, HUNDREDTHS, "serving");
        return new Outcome(result(job.subject(), false, reason("What ships serves again.")), true);
    }

    /** What serves though some task failed to learn with it is what the next start has to find. */
    @Override
    public void giveUp(Job job, byte[] payload) {
        if (kept(job).isPresent() && !tools.teacher().isAdapted(job.id())) {
            shelf.remove(job.id());
        }
    }

    private static String report(List<String> strategies) {
        return new JsonText().putAll("strategies", strategies, json -> json).toString();
    }

    /** A report that has nothing but a reason. */
    private static String reason(String words) {
        return new JsonText().put("reason", words).toString();
    }

    private static String result(String member, boolean promoted, String report) {
        return new JsonText()
                .put("promoted", promoted)
                .put("member", member)
                .putJson("group", "null")
                .putJson("report", report)
                .toString();
    }
}
