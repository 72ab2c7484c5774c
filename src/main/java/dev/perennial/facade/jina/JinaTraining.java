// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.jina;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.api.Bodies;
import dev.perennial.api.IdempotentRequests;
import dev.perennial.api.LabelledTexts;
import dev.perennial.api.Limits;
import dev.perennial.api.Serving;
import dev.perennial.api.TaskBody;
import dev.perennial.api.TaskRequests;
import dev.perennial.api.TeachingRequests;
import dev.perennial.facade.AskedTask;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Teaches tasks by Jina's requests, and tells of those that were made by them. Thread-safe. */
@Singleton
public final class JinaTraining {
    private static final int MOST_ROWS = 512;
    private static final String NOBODY = "00000000-0000-0000-0000-000000000000";
    private static final Set<String> ACCESS = Set.of("public", "private");
    private static final Set<String> MEMBERS = Set.of("text", "label");

    private final Limits limits;
    private final Bodies bodies;
    private final TaskRequests tasks;
    private final TeachingRequests teachings;
    private final MadeIds ids;

    public JinaTraining(Limits limits, Bodies bodies, TaskRequests tasks, TeachingRequests teachings, MadeIds ids) {
        this.limits = limits;
        this.bodies = bodies;
        this.tasks = tasks;
        this.teachings = teachings;
        this.ids = ids;
    }

    /** What was taught. */
    @Schema(name = "JinaTrained")
    public record Trained(String classifierId, int numSamples, JinaClassification.Usage usage) {}

    /** What was removed. */
    @Schema(name = "JinaRemoved")
    public record Removed(String classifierId, boolean deleted) {}

    /**
     * One task.
     *
     * @param userId always zeros: tasks are the service's
     * @param updatedNumber always 0, as {@code usedNumber}: neither is counted
     * @param updatedAt when it was made; its revisions tell more
     */
    @Schema(name = "JinaSummary")
    public record Summary(
            String classifierId,
            String userId,
            String model,
            List<String> labels,
            String access,
            int updatedNumber,
            int usedNumber,
            String createdAt,
            String updatedAt,
            @Nullable String usedAt,
            boolean isActive,
            boolean isLatest) {}

    IdempotentRequests.Outcome train(Serving serving, HttpHeaders headers, InputStream body) {
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("teaching_body_bytes", limits.teachingBodyBytes()));
        JinaResource.TrainBody sent = bodies.json(bytes, JinaResource.TrainBody.class);
        requireKnown(sent);
        List<LabelledTexts.@Nullable Row> rows = rows(sent.input());
        IdempotentRequests.Call call =
                new IdempotentRequests.Call(headers.getHeaderString("Idempotency-Key"), "POST /v1/train", bytes);
        AtomicReference<@Nullable TaskId> made = new AtomicReference<>();
        try {
            return teachings.teach(serving, call, () -> {
                if (sent.classifierId() != null) {
                    return lesson(serving, AskedTask.named(sent.classifierId(), "/classifier_id"), rows);
                }
                TaskId id = ids.next(bytes);
                TaskRequests.Wish wish = new TaskRequests.Wish(id, definition(), headers);
                requireTeachable(tasks.wished(serving, wish), rows);
                tasks.define(serving, wish);
                made.set(id);
                return lesson(serving, id, rows);
            });
        } catch (RuntimeException failure) {
            removeUntaught(serving, made.get(), failure);
            throw failure;
        }
    }

    private static TaskBody definition() {
        return new TaskBody("classification", "text", null, null, null);
    }

    /** So that nothing is defined for what cannot be taught. */
    private void requireTeachable(Task task, List<LabelledTexts.@Nullable Row> rows) {
        List<Teaching> read = new LabelledTexts(limits).read(task, List.of(), rows, "/input");
        if (read.stream().map(Teaching::answer).distinct().count() < 2) {
            throw new Refusal.Invalid("/input", "must have at least two different labels");
        }
    }

    private TeachingRequests.Lesson lesson(Serving serving, TaskId id, List<LabelledTexts.@Nullable Row> rows) {
        Task task = serving.stored(id).task();
        List<Teaching> read = new LabelledTexts(limits).read(task, serving.labels(id), rows, "/input");
        if (!read.stream().map(Teaching::answer).allMatch(Answer.OneLabel.class::isInstance)) {
            throw new Refusal.Invalid("/classifier_id", "must name a task that gives one label to single texts");
        }
        return new TeachingRequests.Lesson(
                id, read, new Trained(id.value(), read.size(), new JinaClassification.Usage(0)));
    }

    /** A task that was made for a teaching which then failed is of no use. */
    private static void removeUntaught(Serving serving, @Nullable TaskId made, RuntimeException failure) {
        if (made == null) {
            return;
        }
        try {
            Optional<RevisionId> unused = serving.teacher()
                    .alone(
                            made,
                            () -> serving.store()
                                    .task(made)
                                    .filter(stored -> stored.examples() == 0)
                                    .map(stored -> serving.teacher().remove(made)));
        } catch (RuntimeException second) {
            // Why nothing was taught is what the client has to know.
            failure.addSuppressed(second);
        }
    }

    private static void requireKnown(JinaResource.TrainBody sent) {
        if (sent.access() != null && !ACCESS.contains(sent.access())) {
            throw new Refusal.Invalid("/access", "must be public or private");
        }
        if (sent.numIters() != null && sent.numIters() < 1) {
            throw new Refusal.Invalid("/num_iters", "must be at least 1");
        }
    }

    List<LabelledTexts.@Nullable Row> rows(@Nullable JsonNode input) {
        List<JsonNode> sent = new ArrayList<>();
        if (input != null && input.isObject()) {
            sent.add(input);
        } else if (input != null && input.isArray()) {
            input.forEach(sent::add);
        }
        if (sent.isEmpty()) {
            throw new Refusal.Invalid("/input", "must be an array of at least one object with text and label");
        }
        int most = Math.min(MOST_ROWS, limits.syncExamples());
        if (sent.size() > most) {
            throw new Refusal.TooLarge("sync_examples", most, sent.size());
        }
        List<Fault> faults = new ArrayList<>();
        List<LabelledTexts.@Nullable Row> rows = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            rows.add(row(sent.get(i)));
            if (!hasTextAndLabelAlone(sent.get(i))) {
                faults.add(new Fault(
                        "/input/" + i, "must be an object with the strings text and label; images are not read"));
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return rows;
    }

    private static LabelledTexts.Row row(JsonNode sent) {
        return new LabelledTexts.Row(
                sent.path("text").textValue(), sent.path("label").textValue());
    }

    private static boolean hasTextAndLabelAlone(JsonNode sent) {
        return sent.isObject()
                && sent.path("text").isTextual()
                && sent.path("label").isTextual()
                && sent.properties().stream().allMatch(member -> MEMBERS.contains(member.getKey()));
    }

    List<Summary> list(Serving serving) {
        return serving.active().all().stream()
                .map(ensemble -> ensemble.task().id())
                .filter(MadeIds::isOne)
                .sorted(Comparator.comparing(TaskId::value))
                .limit(limits.pageItems())
                .map(serving.store()::task)
                .flatMap(Optional::stream)
                .map(stored -> summary(serving, stored))
                .toList();
    }

    private static Summary summary(Serving serving, StoredTask stored) {
        TaskId id = stored.task().id();
        String made = stored.createdAt().toString();
        return new Summary(
                id.value(), NOBODY, "ensemble", serving.labels(id), "private", 0, 0, made, made, null, true, true);
    }

    Removed remove(Serving serving, String name, HttpHeaders headers) {
        if (!TaskId.isValid(name) || !MadeIds.isOne(new TaskId(name))) {
            throw new NotFoundException();
        }
        String unused = tasks.remove(serving, new TaskId(name), headers);
        return new Removed(name, true);
    }
}
