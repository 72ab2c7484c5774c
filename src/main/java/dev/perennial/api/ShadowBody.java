// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.PromotionRule;
import dev.perennial.shadow.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A candidate that is to answer beside what serves.
 *
 * @param revision {@code rev_...} or an alias; {@code candidate} when it is missing
 * @param share of the inputs that the candidate answers too, in the background
 * @param canary share of the inputs that the candidate answers in the place of what serves
 * @param seed of the choice of both, which is by the content of an input
 * @param promote when the candidate is promoted; by hand when it is missing
 */
@Schema(name = "ShadowRequest")
record ShadowBody(
        @Schema(defaultValue = "candidate") @Nullable String revision,

        @Schema(defaultValue = "1", minimum = "0", maximum = "1") @Nullable
        Double share,

        @Schema(defaultValue = "0", minimum = "0", maximum = "1") @Nullable
        Double canary,

        @Schema(defaultValue = "1") @Nullable Long seed,

        @Nullable RuleBody promote) {
    private static final long USUAL_SEED = 1;
    private static final long MOST = 1_000_000_000;

    /**
     * When a candidate is promoted: all that is said must hold, and feedback or gate must be asked.
     *
     * @param answers least number of answers that were compared
     * @param feedback least number of answers of both that feedback has judged; the candidate must not be worse by them
     * @param gate whether it must pass the gate of the task's suite
     */
    @Schema(name = "PromotionRule")
    record RuleBody(
            @Schema(defaultValue = "0", minimum = "0") @Nullable
            Long answers,

            @Schema(defaultValue = "0", minimum = "0") @Nullable
            Long feedback,

            @Schema(defaultValue = "false") @Nullable Boolean gate) {
        static RuleBody of(PromotionRule rule) {
            return new RuleBody(rule.answers(), rule.feedback(), rule.gate());
        }
    }

    /** @throws Refusal.Invalid with everything that is wrong */
    Traffic traffic() {
        List<Fault> faults = new ArrayList<>();
        double compared = of(share, 1, "/share", faults);
        double tried = of(canary, 0, "/canary", faults);
        if (faults.isEmpty() && compared == 0 && tried == 0) {
            faults.add(new Fault("/share", "is 0, and canary as well: the candidate would answer nothing"));
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return new Traffic(compared, tried, seed == null ? USUAL_SEED : seed);
    }

    private static double of(@Nullable Double value, double otherwise, String pointer, List<Fault> faults) {
        if (value != null && !(value >= 0 && value <= 1)) {
            faults.add(new Fault(pointer, "must lie between 0 and 1"));
        }
        return value == null ? otherwise : value;
    }

    /** @throws Refusal.Invalid with everything that is wrong */
    Optional<PromotionRule> rule() {
        if (promote == null) {
            return Optional.empty();
        }
        List<Fault> faults = new ArrayList<>();
        long answers = of(promote.answers(), "/promote/answers", faults);
        long feedback = of(promote.feedback(), "/promote/feedback", faults);
        boolean gate = Boolean.TRUE.equals(promote.gate());
        if (faults.isEmpty() && feedback == 0 && !gate) {
            faults.add(new Fault(
                    "/promote", "asks neither feedback nor gate, which alone tell whether answers are right"));
        }
        if (share != null && share == 0) {
            requireNone(answers, "/promote/answers", faults);
            requireNone(feedback, "/promote/feedback", faults);
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return Optional.of(new PromotionRule(answers, feedback, gate));
    }

    private static void requireNone(long answers, String pointer, List<Fault> faults) {
        if (answers > 0) {
            faults.add(new Fault(pointer, "is never reached while share is 0: no input is answered by both"));
        }
    }

    private static long of(@Nullable Long value, String pointer, List<Fault> faults) {
        if (value != null && (value < 0 || value > MOST)) {
            faults.add(new Fault(pointer, "must be a whole number from 0 to " + MOST));
        }
        return value == null ? 0 : value;
    }
}
