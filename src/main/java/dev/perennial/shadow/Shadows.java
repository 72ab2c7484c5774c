// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.learn.TaskRevisions;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.AliasChange;
import dev.perennial.revision.RevisionStore;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.task.Answer;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Candidates that answer beside what serves their tasks. What both are to answer is asked in the background, by one
 * thread and by encoders' threads of its own, so that no answer waits for it; when there is more than that can do, the
 * rest is left out and counted. Thread-safe.
 */
public final class Shadows implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Shadows.class.getName());

    /** Inputs that wait to be answered by both, of all tasks together. */
    private static final int MOST_WAITING = 256;

    private static final int KEPT_OF_A_TASK = 100;
    private static final String SERVING = RevisionStore.SERVING;
    static final String BY_RULE = "promoted by its rule";

    private final Ports ports;
    private final Answering answering;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong erasures = new AtomicLong();
    private final ThreadPoolExecutor executor;
    private final Map<TaskId, LiveShadow> liveByTask = new ConcurrentHashMap<>();

    /**
     * What shadows need.
     *
     * @param store where they are kept
     * @param active what serves
     * @param revisions earlier revisions, and promotion
     * @param gate what candidates have to pass
     * @param clock what time it is
     * @param ids makes ids
     */
    public record Ports(
            ShadowStore store,
            ActiveEnsembles active,
            TaskRevisions revisions,
            PromotionGate gate,
            InstantSource clock,
            Supplier<String> ids) {
        Instant now() {
            return clock.instant().truncatedTo(ChronoUnit.MICROS);
        }
    }

    /** Has an ensemble answer what somebody asks, or ensembles what they are all asked. */
    @FunctionalInterface
    public interface Answerer {
        /** Answers by each ensemble, in their order. */
        List<Predictions> answer(List<Ensemble> ensembles, PredictionRequest request);
    }

    /**
     * Who answers.
     *
     * @param canary has a candidate answer whoever asks
     * @param beside has an ensemble answer in the background
     * @param observer told what becomes of it
     * @param salt of the fingerprints of inputs
     */
    public record Answering(Answerer canary, Answerer beside, ShadowObserver observer, long salt) {}

    /**
     * A shadow that somebody wants.
     *
     * @param task whose
     * @param candidate which revision
     * @param traffic which inputs it answers
     * @param rule when it is promoted
     * @param most how many may run, of all tasks
     */
    public record Wish(TaskId task, RevisionId candidate, Traffic traffic, Optional<PromotionRule> rule, int most) {}

    public Shadows(Ports ports, Answering answering) {
        this.ports = ports;
        this.answering = answering;
        this.executor = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "shadow");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Goes on with those that ran when the service stopped; their candidates are learnt anew later. */
    public void restore() {
        ports.store()
                .running()
                .forEach(course -> liveByTask.put(course.shadow().task(), new LiveShadow(course, Optional.empty())));
    }

    /**
     * Begins one.
     *
     * @param reply makes of it what the request is answered, to be kept for its repetition
     * @throws Refusal.NotFound when there is no such task or revision
     * @throws Refusal.Conflict when one of the task runs, or the revision cannot be what it was, or answers already
     * @throws Refusal.TooLarge when too many run
     */
    public ShadowCourse begin(Wish wish, Function<ShadowCourse, Optional<Idempotency.Entry>> reply) {
        requireRoom(wish);
        // Before what serves is looked at, so that a later change ends the shadow.
        long aliasChange =
                latestAliasChange(wish.task()).map(AliasChange::number).orElse(0L);
        Ensemble serving = ports.active().of(wish.task());
        if (serving.answerRevision().equals(wish.candidate())) {
            throw new Refusal.Conflict("This revision serves already; name one that does not.");
        }
        if (wish.rule().filter(PromotionRule::gate).isPresent() && !ports.gate().isAsked(wish.task())) {
            throw new Refusal.Conflict("The rule asks the gate, and the task has no suite; PUT …/suite stores one.");
        }
        long before = erasures();
        TaskRevisions.Rebuilt candidate = ports.revisions().recall(wish.task(), wish.candidate());
        if (!candidate.differences().isEmpty()) {
            throw new Refusal.Conflict("Answers would not be those of this revision: "
                    + String.join("; ", candidate.differences()) + ". Stage a candidate anew.");
        }
        if (!Substitution.isPossible(candidate.ensemble(), serving)) {
            throw new Refusal.Conflict("This revision answers another kind of question than what serves.");
        }
        ShadowCourse begun = ShadowCourse.begun(new Shadow(
                ports.ids().get(),
                wish.task(),
                wish.candidate(),
                wish.traffic(),
                wish.rule(),
                aliasChange,
                ports.now()));
        synchronized (this) {
            requireRoom(wish);
            ports.store().begin(begun.shadow(), reply.apply(begun), KEPT_OF_A_TASK);
            LiveShadow live = new LiveShadow(begun, Optional.of(candidate.ensemble()));
            liveByTask.put(wish.task(), live);
            if (erasures() != before) {
                live.dropCandidate();
            }
        }
        return begun;
    }

    private void requireRoom(Wish wish) {
        LiveShadow live = liveByTask.get(wish.task());
        if (live != null && isGone(live)) {
            leave(live);
        } else if (live != null) {
            throw new Refusal.Conflict("A shadow of this task runs already, "
                    + live.shadow().id() + "; DELETE it, or wait until it has ended.");
        }
        if (liveByTask.size() >= wish.most()) {
            throw new Refusal.TooLarge("shadows", wish.most(), liveByTask.size() + 1L);
        }
    }

    /** The latest change of what is called serving, but for what teaching led to. */
    Optional<AliasChange> latestAliasChange(TaskId task) {
        return ports.revisions().store().history(task, SERVING, Long.MAX_VALUE, 1).stream()
                .findFirst();
    }

    /** A shadow of a task, as it is now. */
    public Optional<ShadowCourse> find(TaskId task, String id) {
        return live(task, id).map(LiveShadow::course).or(() -> ports.store().find(task, id));
    }

    /** At most {@code limit} shadows of a task that began before one, latest first; the latest before none. */
    public List<ShadowCourse> page(TaskId task, String before, int limit) {
        return ports.store().page(task, before, limit).stream()
                .map(course ->
                        live(task, course.shadow().id()).map(LiveShadow::course).orElse(course))
                .toList();
    }

    /** Whether a shadow compares answers now: it runs, and its candidate is in memory. */
    public boolean isReady(TaskId task, String id) {
        return live(task, id).flatMap(LiveShadow::candidate).isPresent();
    }

    /** The latest inputs that were answered differently since the service started, latest first. */
    public List<Difference> differences(TaskId task, String id) {
        return live(task, id).map(LiveShadow::differences).orElse(List.of());
    }

    private Optional<LiveShadow> live(TaskId task, String id) {
        return Optional.ofNullable(liveByTask.get(task))
                .filter(live -> live.shadow().id().equals(id));
    }

    /** Those that run. */
    Collection<LiveShadow> live() {
        return liveByTask.values();
    }

    /** Ends one by hand; it stays as it is where it has ended already. */
    public void end(TaskId task, String id) {
        live(task, id).filter(LiveShadow::beginsToEnd).ifPresent(live -> end(live, State.ENDED, "ended by hand"));
    }

    /** Ends one, for its caller, who has begun to. */
    void end(LiveShadow live, State how, String why) {
        try {
            ports.store().end(live.ended(how, why, ports.now()));
            leave(live);
        } catch (RuntimeException unwritable) {
            live.goesOn();
            throw unwritable;
        }
    }

    /** Ends one, unless somebody else does. */
    boolean ends(LiveShadow live, State how, String why) {
        if (live.beginsToEnd()) {
            end(live, how, why);
        }
        return true;
    }

    /** Ends a shadow whose task was taken elsewhere by hand. */
    boolean endsByHand(LiveShadow live) {
        Shadow shadow = live.shadow();
        Optional<AliasChange> change =
                latestAliasChange(shadow.task()).filter(latest -> latest.number() > shadow.aliasChange());
        if (change.isEmpty()) {
            return false;
        }
        return change.get().revision().equals(Optional.of(shadow.candidate()))
                ? ends(live, State.PROMOTED, live.isPassed() ? BY_RULE : "promoted by hand")
                : ends(live, State.ENDED, "another revision was made to serve by hand");
    }

    /** A revision of a task was promoted by hand, which ends its shadow; what cannot be written is tried again. */
    public void promotedByHand(TaskId task) {
        Optional.ofNullable(liveByTask.get(task))
                .filter(live -> !live.isEnding())
                .ifPresent(live -> {
                    try {
                        boolean unused = endsByHand(live);
                    } catch (RuntimeException unwritable) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "Shadow " + live.shadow().id() + " could not end",
                                unwritable);
                    }
                });
    }

    /** Whether it went with its task, which another one of its name may have followed. */
    boolean isGone(LiveShadow live) {
        return ports.revisions()
                .store()
                .find(live.shadow().task(), live.shadow().candidate())
                .isEmpty();
    }

    /** Knows a shadow no more. */
    void leave(LiveShadow live) {
        liveByTask.remove(live.shadow().task(), live);
    }

    /**
     * Something was erased of a task, which its candidate may have learnt: it answers no more until it is proven whole.
     */
    public void erased(TaskId task) {
        erasures.incrementAndGet();
        Optional.ofNullable(liveByTask.get(task)).ifPresent(LiveShadow::dropCandidate);
    }

    /** How often something was erased, of any task: what was learnt before the last time may hold it. */
    long erasures() {
        return erasures.get();
    }

    /**
     * Answers what somebody asks: by each ensemble, or by its candidate where that is chosen to answer.
     *
     * @param usual answers by ensembles that serve
     */
    public List<Predictions> answer(List<Ensemble> ensembles, PredictionRequest request, Answerer usual) {
        List<LiveShadow> shadows = ensembles.stream()
                .flatMap(ensemble -> beside(ensemble).stream())
                .toList();
        if (shadows.isEmpty()) {
            return usual.answer(ensembles, request);
        }
        if (shadows.stream().allMatch(live -> live.shadow().traffic().canary() == 0)) {
            long began = System.nanoTime();
            List<Predictions> answers = usual.answer(ensembles, request);
            long took = (System.nanoTime() - began) / ensembles.size();
            int inputs = request.inputs().size();
            shadows.forEach(live -> live.counting().servingTook(took, inputs));
            return answers;
        }
        return ensembles.stream()
                .map(ensemble -> answer(ensemble, request, usual))
                .toList();
    }

    /** What answers beside an ensemble; nothing where that is the candidate itself. */
    private Optional<LiveShadow> beside(Ensemble serving) {
        return Optional.ofNullable(liveByTask.get(serving.task().id()))
                .filter(live -> !serving.answerRevision().equals(live.shadow().candidate()));
    }

    private Predictions answer(Ensemble serving, PredictionRequest request, Answerer usual) {
        Optional<LiveShadow> shadow = beside(serving);
        Optional<Ensemble> candidate = shadow.filter(live -> !live.isEnding())
                .flatMap(LiveShadow::candidate)
                .filter(ensemble -> Substitution.isPossible(ensemble, serving));
        if (shadow.isEmpty() || candidate.isEmpty()) {
            return usual.answer(List.of(serving), request).get(0);
        }
        return new Substitution(shadow.get(), serving, candidate.get(), answering.canary()).answer(request, usual);
    }

    /**
     * Notes what was answered, to be compared.
     *
     * @param answers to the inputs of the request
     * @param ids of the predictions
     */
    public void answered(TaskId task, PredictionRequest request, Predictions answers, List<String> ids) {
        LiveShadow live = liveByTask.get(task);
        Optional<RevisionId> serving = ports.active().find(task).map(Ensemble::answerRevision);
        if (live == null
                || live.candidate().isEmpty()
                || serving.equals(Optional.of(live.shadow().candidate()))) {
            return;
        }
        List<Both> chosen = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Input input = request.inputs().get(i);
            boolean canary = answers.by().get(i).equals(live.shadow().candidate());
            if (canary) {
                live.counting().canary();
                answering.observer().canary(task);
            }
            if (live.shadow().traffic().isCompared(input)) {
                Prediction given = answers.predictions().get(i);
                Optional<RevisionId> beside = canary ? serving : Optional.empty();
                chosen.add(new Both(ids.get(i), input, request.mode(), SaidAnswer.of(given), beside));
            }
        }
        compareLater(live, chosen);
    }

    /**
     * An input that both are to answer.
     *
     * @param prediction its id
     * @param given what was answered
     * @param beside what served when the candidate gave it; empty: what serves gave it
     */
    private record Both(String prediction, Input input, Mode mode, SaidAnswer given, Optional<RevisionId> beside) {
        boolean canary() {
            return beside.isPresent();
        }

        /** Whether feedback may judge both, of which what serves now may be asked later than the candidate was. */
        boolean isFair(Ensemble serving) {
            return beside.isEmpty() || beside.get().equals(serving.answerRevision());
        }
    }

    private void compareLater(LiveShadow live, List<Both> chosen) {
        for (Both both : chosen) {
            live.expect(both.prediction());
            if (waiting.incrementAndGet() > MOST_WAITING) {
                waiting.decrementAndGet();
                dropped(live, both);
                continue;
            }
            try {
                executor.execute(() -> compareNow(live, both));
            } catch (RejectedExecutionException closing) {
                waiting.decrementAndGet();
            }
        }
    }

    private void dropped(LiveShadow live, Both both) {
        live.drop(both.prediction());
        answering.observer().dropped(live.shadow().task());
    }

    private void compareNow(LiveShadow live, Both both) {
        try {
            compare(live, both);
        } catch (RuntimeException busyOrClosing) {
            LOG.log(System.Logger.Level.DEBUG, "Answers were not compared", busyOrClosing);
            dropped(live, both);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void compare(LiveShadow live, Both both) {
        Optional<Ensemble> serving = ports.active().find(live.shadow().task());
        Optional<Ensemble> candidate = live.candidate();
        if (serving.isEmpty()
                || candidate.isEmpty()
                || !Substitution.isPossible(candidate.get(), serving.get())
                || serving.get().answerRevision().equals(live.shadow().candidate())) {
            dropped(live, both);
            return;
        }
        Ensemble other = both.canary() ? serving.get() : candidate.get();
        long began = System.nanoTime();
        PredictionRequest request = new PredictionRequest(List.of(both.input()), 1, both.mode(), false);
        SaidAnswer said = SaidAnswer.of(answering
                .beside()
                .answer(List.of(other), request)
                .get(0)
                .predictions()
                .get(0));
        long took = System.nanoTime() - began;
        if (both.canary()) {
            live.counting().servingTook(took, 1);
        } else {
            live.counting().candidateTook(took, 1);
        }
        boolean differ = live.compared(
                new Difference(
                        ports.now(),
                        both.prediction(),
                        Fingerprints.of(both.input(), answering.salt()),
                        both.canary() ? said : both.given(),
                        both.canary() ? both.given() : said,
                        both.canary()),
                serving.get().task(),
                both.isFair(serving.get()));
        answering.observer().compared(live.shadow().task(), differ);
    }

    /** Feedback says what is right about the input of a prediction. */
    public void judged(TaskId task, String prediction, Answer right) {
        LiveShadow live = liveByTask.get(task);
        if (live != null) {
            ports.active().find(task).ifPresent(serving -> live.judged(prediction, right, serving.task()));
        }
    }

    Ports ports() {
        return ports;
    }

    /** Leaves out what is waiting. */
    @Override
    public void close() {
        executor.shutdownNow();
        liveByTask.values().forEach(LiveShadow::dropCandidate);
    }
}
