// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.TextRouter;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Answers to inputs that each found their task by themselves.
 *
 * @param routes in the order of the inputs
 */
@Schema(name = "PredictionsByText")
public record TextRoutesView(List<Routed> routes) {

    /**
     * Which task answered an input, and what.
     *
     * @param task the task that answered; null when the input is about none of the tasks
     * @param probability how surely it is about this task, or about none, in [0, 1]
     * @param runnerUp the task that it is most probably about instead; null where there is no other
     * @param reason why no task answered; null where one did
     * @param revision the revision that answered; null where no task did
     * @param prediction the answer; null where no task answered
     */
    @Schema(name = "PredictionByText")
    public record Routed(
            @Nullable String task,
            double probability,
            @Nullable Claimant runnerUp,
            @Nullable String reason,
            @Nullable String revision,
            @Nullable PredictionView prediction) {

        private static final String OF_NONE = "resembles nothing that a task was taught";

        static Routed ofNone(TextRouter.Route route) {
            return new Routed(null, route.none(), Claimant.of(route.first()), OF_NONE, null, null);
        }

        static Routed of(TextRouter.Route route, String revision, PredictionView prediction) {
            Optional<Claimant> second = route.second().map(Claimant::of);
            return new Routed(
                    route.first().task().value(),
                    route.first().probability(),
                    second.orElse(null),
                    null,
                    revision,
                    prediction);
        }
    }

    /**
     * A task that an input may be about.
     *
     * @param task the task
     * @param probability how surely, in [0, 1]
     */
    @Schema(name = "RunnerUp")
    public record Claimant(String task, double probability) {
        static Claimant of(TextRouter.Claim claim) {
            return new Claimant(claim.task().value(), claim.probability());
        }
    }
}
