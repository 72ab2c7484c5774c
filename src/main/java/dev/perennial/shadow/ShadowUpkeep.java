// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.learn.TaskRevisions;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What is done for shadows every few seconds: those that have lost their sense end, candidates that are not in memory
 * are learnt anew, rules are asked, and what was counted is kept. Owned by one thread, beside which gates are asked.
 */
public final class ShadowUpkeep {
    private static final System.Logger LOG = System.getLogger(ShadowUpkeep.class.getName());

    /** Two-sided p at which the exact test of one side is at 5 %. */
    private static final double ONE_SIDED = 0.1;

    private final Shadows shadows;
    private final Shadows.Ports ports;
    private final Executor judging;

    /** @param judging asks gates, which may take minutes, while the other shadows are looked after */
    public ShadowUpkeep(Shadows shadows, Executor judging) {
        this.shadows = shadows;
        this.ports = shadows.ports();
        this.judging = judging;
    }

    /** Looks after each. */
    public void run() {
        each(live -> {
            if (!live.isEnding()) {
                lookAfter(live);
            }
        });
    }

    /** Keeps what was counted. */
    public void keepAll() {
        each(this::keep);
    }

    /** One that fails keeps no other from it. */
    private void each(Consumer<LiveShadow> work) {
        List.copyOf(shadows.live()).forEach(live -> quietly(live, work));
    }

    private static void quietly(LiveShadow live, Consumer<LiveShadow> work) {
        try {
            work.accept(live);
        } catch (RuntimeException failure) {
            LOG.log(
                    failure instanceof Refusal ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Shadow " + live.shadow().id() + " could not be looked after; tried again if it goes on",
                    failure);
        }
    }

    private void keep(LiveShadow live) {
        live.unkept().ifPresent(course -> {
            ports.store().keep(course);
            live.kept(course);
        });
    }

    private void lookAfter(LiveShadow live) {
        Shadow shadow = live.shadow();
        if (shadows.isGone(live)) {
            shadows.leave(live);
            return;
        }
        Optional<Ensemble> serving = ports.active().find(shadow.task());
        if (serving.isEmpty() || ports.active().isChanging(shadow.task())) {
            return;
        }
        if (!shadows.endsByHand(live) && isWhole(live, serving.get())) {
            shadow.rule().filter(live::isDue).ifPresent(rule -> judgeInTime(live, rule));
            if (!live.isEnding()) {
                keep(live);
            }
        }
    }

    /**
     * Whether the candidate answers as it did; it is learnt anew where it is not in memory, and ends where it cannot.
     */
    private boolean isWhole(LiveShadow live, Ensemble serving) {
        // Looked at once: it can be dropped meanwhile, and is then learnt anew in the next round.
        Optional<Ensemble> candidate = live.candidate().or(() -> learntAnew(live));
        if (candidate.isEmpty()) {
            return false;
        }
        return Substitution.isPossible(candidate.get(), serving)
                || !shadows.ends(live, State.ENDED, "the task asks another question now, or other members answer it");
    }

    /** Empty where it cannot be learnt, which ends the shadow, or was dropped meanwhile. */
    private Optional<Ensemble> learntAnew(LiveShadow live) {
        Shadow shadow = live.shadow();
        long erasures = shadows.erasures();
        try {
            TaskRevisions.Rebuilt rebuilt = ports.revisions().recall(shadow.task(), shadow.candidate());
            if (!rebuilt.differences().isEmpty()) {
                endAsLost(live, String.join("; ", rebuilt.differences()));
                return Optional.empty();
            }
            live.answersBy(rebuilt.ensemble());
            if (shadows.erasures() != erasures) {
                live.dropCandidate();
                return Optional.empty();
            }
            return Optional.of(rebuilt.ensemble());
        } catch (Refusal.Conflict | Refusal.NotFound lost) {
            endAsLost(live, String.valueOf(lost.getMessage()));
            return Optional.empty();
        }
    }

    private void endAsLost(LiveShadow live, String why) {
        boolean unused = shadows.ends(live, State.ENDED, "the candidate is not what it was: " + why);
    }

    private void judgeInTime(LiveShadow live, PromotionRule rule) {
        if (!rule.gate()) {
            judge(live, rule);
        } else if (live.beginsToBeJudged()) {
            judging.execute(() -> {
                try {
                    quietly(live, one -> judge(one, rule));
                } finally {
                    live.isJudged();
                }
            });
        }
    }

    private void judge(LiveShadow live, PromotionRule rule) {
        Optional<String> objection = objection(live, rule);
        if (objection.isPresent()) {
            live.objected(objection.get());
        } else if (!rule.gate()) {
            promote(live);
        } else {
            askGate(live);
        }
    }

    private Optional<String> objection(LiveShadow live, PromotionRule rule) {
        Tally.Scored scored = live.counting().tally().scored();
        boolean within =
                scored.difference() >= -ports.gate().accuracyLoss(live.shadow().task());
        boolean significant = scored.difference() < 0 && scored.p() < ONE_SIDED;
        return rule.feedback() > 0 && (!within || significant)
                ? Optional.of("feedback: of " + scored.answers() + " answers " + scored.onlyServing()
                        + " would be lost and " + scored.onlyCandidate() + " won, p " + scored.p())
                : Optional.empty();
    }

    private void askGate(LiveShadow live) {
        Shadow shadow = live.shadow();
        try {
            ports.gate()
                    .objection(shadow.task(), shadow.candidate(), () -> promote(live))
                    .ifPresent(first -> live.objected("gate: " + first));
        } catch (Refusal.NotFound | Refusal.Conflict unusable) {
            live.objected("gate: " + unusable.getMessage());
        }
    }

    private void promote(LiveShadow live) {
        if (!live.beginsToEnd()) {
            return;
        }
        TaskId task = live.shadow().task();
        try {
            // Before it serves, so that a start after the end of the process in between knows why it does.
            live.passes(true);
            keep(live);
            TaskRevisions.Promoted unused =
                    ports.revisions().promote(task, live.shadow().candidate(), false);
        } catch (Refusal.Conflict refused) {
            shadows.end(live, State.ENDED, "promotion was refused: " + refused.getMessage());
            return;
        } catch (RuntimeException failure) {
            live.passes(false);
            live.goesOn();
            throw failure;
        }
        shadows.end(live, State.PROMOTED, Shadows.BY_RULE);
    }
}
