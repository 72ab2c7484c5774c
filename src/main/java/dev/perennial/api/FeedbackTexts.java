// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Sends the text along with feedback that names an answer of this process and is for another one: texts are remembered
 * where they were answered. Thread-safe.
 */
@Singleton
public final class FeedbackTexts {
    private static final Pattern FEEDBACK = Pattern.compile("/v1/tasks/[^/]+/feedback");
    private static final String PREDICTION = "prediction_id";
    private static final String TEXT = "text";

    private final ObjectMapper mapper = new ObjectMapper();
    private final PredictionMemory memory;

    public FeedbackTexts(PredictionMemory memory) {
        this.memory = memory;
    }

    /** Whether requests to a path are feedback. */
    public boolean isFeedback(String path) {
        return FEEDBACK.matcher(path).matches();
    }

    /** A body with the texts of the answer that it names; as it was where it has some, or nothing is remembered. */
    public byte[] with(byte[] body) {
        try {
            JsonNode read = mapper.readTree(body);
            if (read instanceof ObjectNode feedback && feedback.path(PREDICTION).isTextual() && !feedback.has(TEXT)) {
                Optional<PredictionMemory.Answered> answered =
                        memory.recall(feedback.path(PREDICTION).textValue());
                if (answered.isPresent()) {
                    feedback.put(TEXT, answered.get().input().text().value());
                    answered.get().input().textPair().ifPresent(pair -> feedback.put("text_pair", pair.value()));
                    return mapper.writeValueAsBytes(feedback);
                }
            }
        } catch (IOException unreadable) {
            // Whoever leads says what is wrong with it.
        }
        return body;
    }
}
