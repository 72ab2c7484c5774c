// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends the text along with feedback that names an answer of this process and is for another one: texts are remembered
 * where they were answered. Thread-safe.
 */
public final class FeedbackTexts {
    private static final Pattern FEEDBACK = Pattern.compile("/v1/tasks/([^/]+)/feedback");
    private static final String PREDICTION = "prediction_id";
    private static final String TEXT = "text";

    private final ObjectMapper mapper = new ObjectMapper();
    private final Memories memories;

    /** Where answers are remembered, while it is known. */
    public interface Memories {

        /** The answer of an id, which is in the store as well when this returns. */
        Optional<PredictionMemory.Answered> recall(String id);

        /** What serves a tenant. */
        static Memories of(TenantDoor door) {
            return id -> door.find().flatMap(serving -> {
                Optional<PredictionMemory.Answered> answered = serving.memory().recall(id);
                // What has just been answered is in the store before another process is asked about it.
                boolean unused = answered.isPresent()
                        && serving.hindsight().log().find(id).isPresent();
                return answered;
            });
        }
    }

    public FeedbackTexts(Memories memories) {
        this.memories = memories;
    }

    /** Whether requests to a path are feedback. */
    public static boolean isFeedback(String path) {
        return FEEDBACK.matcher(path).matches();
    }

    /**
     * A body with the texts of the answer that it names; as it was where it has some, or nothing is remembered of the
     * task. May wait for the store.
     *
     * @param path that it is sent to
     */
    public byte[] with(String path, byte[] body) {
        Matcher task = FEEDBACK.matcher(path);
        if (!task.matches()) {
            return body;
        }
        try {
            if (mapper.readTree(body) instanceof ObjectNode feedback
                    && feedback.path(PREDICTION).isTextual()) {
                String id = feedback.path(PREDICTION).textValue();
                Optional<PredictionMemory.Answered> answered = memories.recall(id)
                        .filter(each -> each.task().map(TaskId::value).equals(Optional.of(task.group(1))));
                if (answered.isPresent() && !feedback.has(TEXT)) {
                    feedback.put(TEXT, answered.get().input().text().value());
                    answered.get().input().textPair().ifPresent(pair -> feedback.put("text_pair", pair.value()));
                    return mapper.writeValueAsBytes(feedback);
                }
            }
        } catch (IOException | Refusal unreadable) {
            // Whoever leads says what is wrong with it.
        }
        return body;
    }
}
