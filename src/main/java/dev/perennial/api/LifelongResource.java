// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.evaluate.LifelongGap;
import dev.perennial.evaluate.LifelongReport;
import dev.perennial.evaluate.SuiteAccuracyStore;
import dev.perennial.evaluate.SuiteAccuracyStore.Stored;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What the service has learnt over time, and what it has forgotten. */
@Path("/v1/lifelong")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Evaluation")
public final class LifelongResource {
    private static final int MOST_TASKS = 64;
    private static final int MOST_STEPS = 200;
    private static final int MOST_REFITS = 8;

    private final ServingGate gate;
    private final Replies replies;
    private final Admission refits;

    public LifelongResource(ServingGate gate, Replies replies) {
        this.gate = gate;
        this.refits = new Admission(gate, "refits", 1);
        this.replies = replies;
    }

    @GET
    @RolesAllowed(Roles.READER)
    @Operation(
            summary = "What the service has learnt over time, and what it has forgotten",
            description = "The accuracy of each task that has a suite after each step of learning, and what follows "
                    + "from it. A step is recorded by itself: some seconds (perennial.lifelong.delay) after the last of "
                    + "a few changes of what a task answers, and after its suite was stored, the suite is asked in the "
                    + "background as mode auto answers it. Steps of another suite than the present one are gone. The "
                    + "reply is about the latest 200 steps; where tasks are not named, about the 64 whose steps are the "
                    + "latest. With gaps=true each task is learnt anew from all that is stored of it, and both are asked "
                    + "the suite: of at most 8 tasks. That takes as long as learning them, and their teachings wait.")
    @APIResponseSchema(LifelongView.class)
    public Response get(
            @Parameter(
                            description =
                                    "Ids of tasks, at most 64, with commas between them; each has to have a suite. "
                                            + "Absent: all that have one",
                            example = "helpdesk,mood")
                    @QueryParam("tasks")
                    @Nullable
                    String tasks,
            @Parameter(description = "true: also how far what serves is from learning everything at once")
                    @QueryParam("gaps")
                    @Nullable
                    String gaps) {
        Serving serving = gate.serving();
        SuiteAccuracyStore accuracies = serving.evaluations().accuracies();
        List<TaskId> asked = tasks == null ? latest(accuracies.suites()) : named(serving, tasks);
        LifelongReport report = LifelongReport.of(accuracies, asked, MOST_STEPS);
        return replies.ok(
                isTrue(gaps)
                        ? LifelongView.of(report, refits.admit(() -> gaps(serving, asked)))
                        : LifelongView.of(report));
    }

    private static boolean isTrue(@Nullable String gaps) {
        if (gaps == null || gaps.equals("false")) {
            return false;
        }
        if (gaps.equals("true")) {
            return true;
        }
        throw new Refusal.Invalid("", "the query parameter gaps must be true or false");
    }

    private static List<LifelongGap> gaps(Serving serving, List<TaskId> tasks) {
        if (tasks.size() > MOST_REFITS) {
            throw new Refusal.Invalid("", "name at most " + MOST_REFITS + " tasks to have their gaps measured");
        }
        return tasks.stream()
                .flatMap(task -> serving.active().find(task).stream())
                .map(ensemble -> serving.evaluations().gap(ensemble, refit(serving, ensemble)))
                .toList();
    }

    private static Ensemble refit(Serving serving, Ensemble ensemble) {
        return serving.teacher()
                .revisions()
                .rebuild(ensemble.task().id(), ensemble.revision())
                .ensemble();
    }

    private static List<TaskId> latest(List<Stored> suites) {
        return suites.stream()
                .sorted(Comparator.comparing((Stored suite) -> suite.last()
                                .map(SuiteAccuracyStore.Step::number)
                                .orElse(0L))
                        .reversed())
                .limit(MOST_TASKS)
                .map(Stored::task)
                .toList();
    }

    private static List<TaskId> named(Serving serving, String tasks) {
        List<String> names =
                Stream.of(tasks.split(",", MOST_TASKS + 1)).distinct().toList();
        if (names.size() > MOST_TASKS || !names.stream().allMatch(TaskId::isValid)) {
            throw new Refusal.Invalid(
                    "", "the query parameter tasks must be 1 to " + MOST_TASKS + " ids of tasks with commas between");
        }
        List<TaskId> ids = names.stream().map(TaskId::new).toList();
        Set<TaskId> withSuite = serving.evaluations().accuracies().suites().stream()
                .map(Stored::task)
                .collect(Collectors.toSet());
        for (TaskId id : ids) {
            TaskId stored = serving.stored(id).task().id();
            if (!withSuite.contains(stored)) {
                throw new Refusal.NotFound("suite of the task", id.value());
            }
        }
        return ids;
    }
}
