// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.task.Answer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers as columns: exactly one of {@code label}, {@code labels} (a JSON array) and {@code score} is not null. */
final class Answers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};

    private Answers() {}

    static @Nullable String label(Answer answer) {
        return answer instanceof Answer.OneLabel one ? one.label() : null;
    }

    static @Nullable String labels(Answer answer) {
        if (!(answer instanceof Answer.Labels many)) {
            return null;
        }
        try {
            return JSON.writeValueAsString(many.labels());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a list of strings could not be written as JSON");
        }
    }

    static @Nullable Double score(Answer answer) {
        return answer instanceof Answer.Score number ? (Double) number.score() : null;
    }

    static Answer read(ResultSet row) throws SQLException {
        String label = row.getString("label");
        if (label != null) {
            return new Answer.OneLabel(label);
        }
        String labels = row.getString("labels");
        if (labels == null) {
            return new Answer.Score(row.getDouble("score"));
        }
        try {
            return new Answer.Labels(JSON.readValue(labels, STRINGS));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the labels of a stored example are not a JSON array of strings");
        }
    }
}
