// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.inference;

import dev.perennial.api.MemberIds;
import dev.perennial.api.Serving;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.VectorModel;
import dev.perennial.facade.inference.InferenceBodies.Model;
import dev.perennial.facade.inference.InferenceBodies.TensorMetadata;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.TaskId;
import jakarta.ws.rs.NotFoundException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the protocol calls models: tasks, and what turns texts into vectors. A task goes before what has its name. */
final class InferenceModels {
    static final String TEXT = "text";
    static final String TEXT_PAIR = "text_pair";

    private static final String PLATFORM = "perennial";
    private static final long EACH = -1;

    private InferenceModels() {}

    /** As a path names one. */
    record Named(String model, @Nullable String version) {}

    /** One of them. */
    sealed interface Asked {
        record OfTask(Ensemble ensemble) implements Asked {}

        record OfVectors(VectorModel model) implements Asked {}
    }

    /**
     * The one of a name.
     *
     * @param version of a task the revision that serves; any without it
     * @throws dev.perennial.refusal.Refusal.NotFound when there is none
     */
    static Asked find(Serving serving, String name, @Nullable String version) {
        // One that is there and not served is refused as such; a client may come again.
        Optional<Ensemble> task = Optional.of(name)
                .filter(TaskId::isValid)
                .map(TaskId::new)
                .filter(serving.active()::isKnown)
                .map(serving.active()::of);
        if (task.isEmpty() && version == null) {
            return new Asked.OfVectors(serving.vectors().model(MemberIds.inPath(name)));
        }
        return task.filter(serves -> version == null || version.equals(version(serves)))
                .map(Asked.OfTask::new)
                .orElseThrow(NotFoundException::new);
    }

    static String version(Ensemble ensemble) {
        return ensemble.answerRevision().toString();
    }

    static Model metadata(String name, Asked asked) {
        if (asked instanceof Asked.OfTask task) {
            return new Model(
                    name,
                    List.of(version(task.ensemble())),
                    PLATFORM,
                    inputs(task.ensemble().task().input()),
                    outputs(task.ensemble()));
        }
        long dimension = ((Asked.OfVectors) asked).model().dimension();
        return new Model(
                name,
                null,
                PLATFORM,
                inputs(InputKind.TEXT),
                List.of(new TensorMetadata("embedding", "FP32", List.of(EACH, dimension))));
    }

    private static List<TensorMetadata> inputs(InputKind kind) {
        TensorMetadata text = new TensorMetadata(TEXT, "BYTES", List.of(EACH));
        return kind == InputKind.TEXT
                ? List.of(text)
                : List.of(text, new TensorMetadata(TEXT_PAIR, "BYTES", List.of(EACH)));
    }

    private static List<TensorMetadata> outputs(Ensemble ensemble) {
        if (ensemble.task().kind() == Kind.REGRESSION) {
            return List.of(
                    new TensorMetadata("score", "FP64", List.of(EACH)),
                    new TensorMetadata("abstained", "BOOL", List.of(EACH)));
        }
        long labels = ensemble.labels().size();
        return List.of(
                new TensorMetadata("label", "BYTES", List.of(EACH)),
                new TensorMetadata("probability", "FP64", List.of(EACH)),
                new TensorMetadata("abstained", "BOOL", List.of(EACH)),
                new TensorMetadata("labels", "BYTES", List.of(labels)),
                new TensorMetadata("probabilities", "FP64", List.of(EACH, labels)),
                new TensorMetadata("applies", "BOOL", List.of(EACH, labels)));
    }
}
