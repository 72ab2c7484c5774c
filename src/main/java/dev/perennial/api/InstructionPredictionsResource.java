// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.InstructionRouter;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Shadows;
import dev.perennial.task.Input;
import dev.perennial.task.Label;
import dev.perennial.task.TaskId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Asks whatever task an instruction or each text is about, or several tasks at once. */
@Path("/v1/predictions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Predictions")
public final class InstructionPredictionsResource {
    private final ServingGate gate;
    private final Limits limits;
    private final Asking asking;
    private final TextAnswers byText;

    public InstructionPredictionsResource(ServingGate gate, Limits limits, Asking asking) {
        this.gate = gate;
        this.limits = limits;
        this.asking = asking;
        this.byText = new TextAnswers(asking);
    }

    @POST
    @RolesAllowed(Roles.READER)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Answers texts by the task that an instruction or each text is about, or by several tasks",
            description = "With an instruction: when no task's instruction matches, the answer is zero-shot over the "
                    + "request's labels. With tasks: each of them answers all inputs, which are encoded once. With neither: each "
                    + "input is answered by the task whose taught inputs it resembles, or by none.")
    @APIResponse(
            responseCode = "200",
            description = "OK",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(oneOf = {RoutedView.class, AnswersView.class, TextRoutesView.class})))
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InstructionBody.class),
                            examples = {
                                @ExampleObject(name = "zero-shot", value = Examples.INSTRUCTION_PREDICTION),
                                @ExampleObject(name = "several tasks", value = Examples.TASKS_PREDICTION),
                                @ExampleObject(name = "by text", value = Examples.TEXT_PREDICTION)
                            }))
    @Parameter(name = ClientWatch.TIMEOUT, in = ParameterIn.HEADER, description = ClientWatch.TIMEOUT_MEANS)
    public Response predict(@Context HttpHeaders headers, InputStream body) {
        Serving serving = gate.serving();
        InstructionBody question = asking.read(headers, body, InstructionBody.class);
        return asking.admit(Optional.empty(), () -> {
            asking.await(serving, Optional.empty(), question.minRevision());
            List<@Nullable String> tasks = question.tasks();
            if (tasks != null) {
                return answered(serving, tasks, question);
            }
            return question.instruction() == null ? routedByText(serving, question) : routed(serving, question);
        });
    }

    private AnswersView answered(Serving serving, List<@Nullable String> tasks, InstructionBody question) {
        if (question.instruction() != null || question.labels() != null) {
            throw new Refusal.Invalid("/tasks", "leave instruction and labels out when tasks are named");
        }
        requireNoAmong(question);
        List<Ensemble> ensembles = ensembles(serving, tasks, "/tasks");
        PredictionRequest request = asking.request(question.question());
        int answers = ensembles.size() * request.inputs().size();
        if (answers > limits.answers()) {
            throw new Refusal.TooLarge("answers", limits.answers(), answers);
        }
        List<Predictions> predictions = asking.answers(
                serving, ensembles, new Asking.Asked(request, question.minRevision(), serving.predictor()::predict));
        List<PredictionsView> views = new ArrayList<>();
        for (int i = 0; i < ensembles.size(); i++) {
            TaskId task = ensembles.get(i).task().id();
            views.add(new PredictionsView(
                    predictions.get(i).revision().toString(),
                    task.value(),
                    asking.views(serving, Optional.of(task), request, predictions.get(i))));
        }
        return new AnswersView(views);
    }

    private TextRoutesView routedByText(Serving serving, InstructionBody question) {
        if (question.labels() != null) {
            throw new Refusal.Invalid("/labels", "are answered over with an instruction; say in words what is asked");
        }
        PredictionRequest request = asking.request(question.question());
        requireOneKind(request.inputs());
        List<@Nullable String> among = question.among();
        Collection<Ensemble> candidates = among == null ? serving.active().all() : ensembles(serving, among, "/among");
        return byText.answer(serving, new TextAnswers.Question(request, candidates, question.minRevision()));
    }

    private static void requireNoAmong(InstructionBody question) {
        if (question.among() != null) {
            throw new Refusal.Invalid("/among", "leave it out where an instruction or tasks are given");
        }
    }

    private static List<Ensemble> ensembles(Serving serving, List<@Nullable String> tasks, String field) {
        List<Fault> faults = new ArrayList<>();
        Map<TaskId, Ensemble> ensembles = new LinkedHashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            String pointer = field + "/" + i;
            String name = tasks.get(i);
            if (name == null
                    || !TaskId.isValid(name)
                    || serving.active().find(new TaskId(name)).isEmpty()) {
                faults.add(new Fault(pointer, "is no task; GET /v1/tasks lists them"));
            } else if (ensembles.put(new TaskId(name), serving.active().of(new TaskId(name))) != null) {
                faults.add(new Fault(pointer, "is named twice"));
            }
        }
        if (tasks.isEmpty()) {
            faults.add(new Fault(field, "is empty; name the tasks that are to answer"));
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return List.copyOf(ensembles.values());
    }

    private RoutedView routed(Serving serving, InstructionBody question) {
        requireNoAmong(question);
        String instruction =
                Wording.of(question.instruction(), "/instruction", "instruction_chars", limits.instructionChars());
        if (instruction.isEmpty()) {
            throw new Refusal.Invalid("/instruction", "is missing or empty; say in words what is asked");
        }
        List<Label> labels =
                new LabelDefinitions(limits).read(question.labels(), new LabelBook(List.of(), limits.labels()));
        PredictionRequest request = asking.request(question.question());
        requireOneKind(request.inputs());
        InstructionRouter router = serving.router();
        InstructionRouter.Route route =
                router.route(instruction, labels, request.inputs().get(0).kind());
        Shadows.Answerer usual = (ensembles, asked) -> List.of(router.predict(ensembles.get(0), asked));
        List<Ensemble> found = List.of(route.ensemble());
        Predictions answers = route.task().isPresent()
                ? asking.answers(serving, found, new Asking.Asked(request, question.minRevision(), usual))
                        .get(0)
                : router.predict(route.ensemble(), request);
        return new RoutedView(
                route.task().isPresent() ? answers.revision().toString() : null,
                route.task().map(TaskId::value).orElse(null),
                route.match(),
                asking.views(serving, route.task(), request, answers));
    }

    private static void requireOneKind(List<Input> inputs) {
        if (inputs.stream().map(Input::kind).distinct().count() > 1) {
            throw new Refusal.Invalid("/inputs", "must be all single texts or all pairs");
        }
    }
}
