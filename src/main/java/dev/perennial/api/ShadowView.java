// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.shadow.ShadowCourse;
import dev.perennial.shadow.Tally;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A candidate beside what serves.
 *
 * @param id {@code sh_...}
 * @param task whose
 * @param revision the candidate
 * @param state whether it runs
 * @param reason why it runs no more; null while it runs
 * @param ready whether answers are compared now: not while the candidate is learnt anew, after a start or an erasure
 * @param share of the inputs that both answer
 * @param canary share of the inputs that the candidate answers in the place of what serves
 * @param seed of the choice of both
 * @param promote when it is promoted; null: by hand
 * @param objection what kept the rule from promoting it when that was last asked
 * @param startedAt when it began
 * @param endedAt when it ended
 * @param asked inputs that both have answered
 * @param canaryAnswers inputs that the candidate answered in the place of what serves
 * @param dropped inputs that both were to answer, and did not
 * @param differing of those asked, how many were answered differently
 * @param differences how many of those, by what was said, most frequent first
 * @param otherDifferences those that no line counts
 * @param serving answers of what serves
 * @param candidate answers of the candidate
 * @param feedback what feedback says of answers that both gave
 */
@Schema(name = "Shadow")
record ShadowView(
        String id,
        String task,
        String revision,

        @Schema(enumeration = {"running", "promoted", "ended"})
        String state,

        @Nullable String reason,
        boolean ready,
        double share,
        double canary,
        long seed,
        ShadowBody.@Nullable RuleBody promote,
        @Nullable String objection,
        Instant startedAt,
        @Nullable Instant endedAt,
        long asked,
        long canaryAnswers,
        long dropped,
        long differing,
        List<CellView> differences,
        long otherDifferences,
        SideView serving,
        SideView candidate,
        ScoredView feedback) {

    /**
     * Answers that differ in one way.
     *
     * @param serving what serves said; null: nothing
     * @param candidate what the candidate said; null: nothing
     * @param answers how many
     */
    @Schema(name = "ShadowDifferences")
    record CellView(@Nullable String serving, @Nullable String candidate, long answers) {
        static CellView of(Map.Entry<Tally.Cell, Long> entry) {
            return new CellView(
                    said(entry.getKey().serving()), said(entry.getKey().candidate()), entry.getValue());
        }

        private static @Nullable String said(String label) {
            return label.isEmpty() ? null : label;
        }
    }

    /**
     * How answers of one side were.
     *
     * @param meanProbability of its answers to inputs that both answered
     * @param meanSeconds that an input took it, asked by clients or in the background; there, what was read of it for
     *     the other side is not read again
     */
    @Schema(name = "ShadowSide")
    record SideView(
            @Nullable Double meanProbability, @Nullable Double meanSeconds) {
        static SideView of(Tally.Side side) {
            return new SideView(
                    PredictionView.number(side.meanProbability()), PredictionView.number(side.meanSeconds()));
        }
    }

    /**
     * What feedback says of answers that both gave.
     *
     * @param answers how many it judged
     * @param servingRight how many what serves had right
     * @param candidateRight how many the candidate had right
     * @param onlyServingRight how many only what serves had right
     * @param onlyCandidateRight how many only the candidate had right
     * @param pValue two-sided, of McNemar's exact test
     */
    @Schema(name = "ShadowFeedback")
    record ScoredView(
            long answers,
            long servingRight,
            long candidateRight,
            long onlyServingRight,
            long onlyCandidateRight,
            double pValue) {
        static ScoredView of(Tally.Scored scored) {
            return new ScoredView(
                    scored.answers(),
                    scored.both() + scored.onlyServing(),
                    scored.both() + scored.onlyCandidate(),
                    scored.onlyServing(),
                    scored.onlyCandidate(),
                    scored.p());
        }
    }

    static ShadowView of(ShadowCourse course, boolean ready) {
        Tally tally = course.tally();
        return new ShadowView(
                course.shadow().id(),
                course.shadow().task().value(),
                course.shadow().candidate().toString(),
                Choice.word(course.state()),
                course.reason().orElse(null),
                ready,
                course.shadow().traffic().share(),
                course.shadow().traffic().canary(),
                course.shadow().traffic().seed(),
                course.shadow().rule().map(ShadowBody.RuleBody::of).orElse(null),
                course.ruling().objection().orElse(null),
                course.shadow().startedAt(),
                course.endedAt().orElse(null),
                tally.asked(),
                tally.canaries(),
                tally.dropped(),
                tally.differing(),
                cells(tally),
                tally.otherCells(),
                SideView.of(tally.serving()),
                SideView.of(tally.candidate()),
                ScoredView.of(tally.scored()));
    }

    private static List<CellView> cells(Tally tally) {
        return tally.cells().entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Tally.Cell, Long> entry) -> -entry.getValue())
                        .thenComparing(Map.Entry::getKey))
                .map(CellView::of)
                .toList();
    }
}
