// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a row from a JSON object: every member known, every member of its type. */
final class ExampleNodes {
    private static final Set<String> MEMBERS =
            Set.of("text", "text_pair", "label", "labels", "score", "external_id", "weight", "source");

    private ExampleNodes() {}

    static ExampleReader.Row read(long index, @Nullable JsonNode node) {
        try {
            return new ExampleReader.Row.Readable(index, row(node));
        } catch (WrongType wrong) {
            return new ExampleReader.Row.Broken(index, wrong.detail);
        }
    }

    private static ExampleRow row(@Nullable JsonNode node) {
        if (node == null || !node.isObject()) {
            throw new WrongType("An example must be a JSON object.");
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!MEMBERS.contains(member.getKey())) {
                throw new WrongType("An example has only the members text, text_pair, label, labels, score, "
                        + "external_id, weight and source; this one has another.");
            }
        }
        return new ExampleRow(
                string(node, "text"),
                string(node, "text_pair"),
                string(node, "label"),
                strings(node, "labels"),
                number(node, "score"),
                string(node, "external_id"),
                number(node, "weight"),
                string(node, "source"));
    }

    private static @Nullable String string(JsonNode node, String member) {
        JsonNode value = node.get(member);
        if (value == null || value.isNull()) {
            return null;
        }
        return string(value, member, "must be a string");
    }

    private static String string(JsonNode value, String member, String rule) {
        if (!value.isTextual()) {
            throw new WrongType(member + " " + rule + ".");
        }
        return value.textValue();
    }

    private static @Nullable Double number(JsonNode node, String member) {
        JsonNode value = node.get(member);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isNumber()) {
            throw new WrongType(member + " must be a number.");
        }
        return value.doubleValue();
    }

    private static @Nullable List<String> strings(JsonNode node, String member) {
        JsonNode value = node.get(member);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isArray()) {
            throw new WrongType(member + " must be an array of strings.");
        }
        List<String> all = new ArrayList<>(value.size());
        value.forEach(one -> all.add(string(one, member, "must be an array of strings")));
        return all;
    }

    /** Leaves reading at the first wrong type. Never leaves this class. */
    private static final class WrongType extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String detail;

        WrongType(String detail) {
            super(null, null, false, false);
            this.detail = detail;
        }
    }
}
