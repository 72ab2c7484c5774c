// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Odds;
import dev.perennial.task.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was answered, as short JSON in a column. */
final class AnswerJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ODDS_BEFORE_LABELS = 3;

    private AnswerJson() {}

    /** An array of names. */
    static String labels(List<String> labels) {
        ArrayNode array = JSON.createArrayNode();
        labels.forEach(array::add);
        return array.toString();
    }

    static List<String> labels(String json) {
        List<String> labels = new ArrayList<>();
        read(json).forEach(label -> labels.add(label.asText()));
        return labels;
    }

    /** {@code [labels, sum, squares, name, probability, name, ...]}. */
    static String odds(Odds odds) {
        ArrayNode array = JSON.createArrayNode();
        array.add(odds.labels()).add(odds.sum()).add(odds.squares());
        odds.most().forEach(one -> array.add(one.label()).add(one.probability()));
        return array.toString();
    }

    static Odds odds(String json) {
        JsonNode array = read(json);
        List<LabelProbability> most = new ArrayList<>();
        for (int i = ODDS_BEFORE_LABELS; i + 1 < array.size(); i += 2) {
            most.add(
                    new LabelProbability(array.get(i).asText(), array.get(i + 1).asDouble()));
        }
        return new Odds(
                most,
                array.get(0).asInt(),
                array.get(1).asDouble(),
                array.get(2).asDouble());
    }

    /** A string, an array of strings, a number, or null where nothing was answered. */
    static String answer(Optional<Answer> answer) {
        if (answer.isEmpty()) {
            return "null";
        }
        if (answer.get() instanceof Answer.Labels many) {
            return labels(many.labels());
        }
        return answer.get() instanceof Answer.OneLabel one
                ? JSON.getNodeFactory().textNode(one.label()).toString()
                : JSON.getNodeFactory()
                        .numberNode(((Answer.Score) answer.get()).score())
                        .toString();
    }

    static Optional<Answer> answer(String json) {
        JsonNode node = read(json);
        if (node.isNull()) {
            return Optional.empty();
        }
        if (node.isTextual()) {
            return Optional.of(new Answer.OneLabel(node.asText()));
        }
        return Optional.of(node.isArray() ? new Answer.Labels(labels(json)) : new Answer.Score(node.asDouble()));
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException damaged) {
            throw new IllegalStateException("a kept answer is no JSON");
        }
    }
}
