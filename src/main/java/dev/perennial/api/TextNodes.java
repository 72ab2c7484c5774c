// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the texts that a request has in JSON of several forms. Thread-safe. */
public final class TextNodes {
    private final Limits limits;

    public TextNodes(Limits limits) {
        this.limits = limits;
    }

    /**
     * Texts that are sent as a string, or as an array of strings.
     *
     * @return at least one text
     * @throws Refusal.Invalid when they are sent otherwise
     * @throws Refusal.TooLarge when there are too many, or one is too long
     */
    public List<String> strings(@Nullable JsonNode node, String pointer) {
        TextChecks checks = new TextChecks(limits.textChars());
        List<String> texts = new ArrayList<>();
        if (node != null && node.isTextual()) {
            texts.add(checks.text(pointer, node.textValue()));
        } else if (node != null && node.isArray() && !node.isEmpty()) {
            requireCount(node.size());
            for (int i = 0; i < node.size(); i++) {
                if (node.get(i).isTextual()) {
                    texts.add(checks.text(pointer + "/" + i, node.get(i).textValue()));
                } else {
                    checks.fault(pointer + "/" + i, "must be a string; tokens are not taken");
                }
            }
        } else {
            checks.fault(pointer, "must be a string, or an array of at least one string");
        }
        checks.requireNone();
        return texts;
    }

    /** The same where an object with the member {@code text}, and no other, may stand for a string. */
    public List<String> documents(@Nullable JsonNode node, String pointer) {
        if (node != null && node.isObject()) {
            TextChecks checks = new TextChecks(limits.textChars());
            List<String> one = List.of(document(node, pointer, checks));
            checkAlone(node, pointer, checks);
            checks.requireNone();
            return one;
        }
        if (node == null || !node.isArray()) {
            return strings(node, pointer);
        }
        List<@Nullable JsonNode> all = new ArrayList<>();
        node.forEach(all::add);
        TextChecks checks = new TextChecks(limits.textChars());
        List<String> texts = documents(all, pointer, checks);
        for (int i = 0; i < node.size(); i++) {
            checkAlone(node.get(i), pointer + "/" + i, checks);
        }
        checks.requireNone();
        return texts;
    }

    /** What is beside a text, as an image may be, would not be read. */
    private static void checkAlone(JsonNode document, String pointer, TextChecks checks) {
        if (document.path("text").isTextual() && document.size() > 1) {
            checks.fault(pointer, "must have no other member than text; images are not read");
        }
    }

    /** Texts that are sent as an array of strings and of objects with the member {@code text}. */
    List<String> documents(List<@Nullable JsonNode> documents, String pointer, TextChecks checks) {
        if (documents.isEmpty()) {
            checks.fault(pointer, "must be an array of at least one document");
        }
        requireCount(documents.size());
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            texts.add(document(documents.get(i), pointer + "/" + i, checks));
        }
        return texts;
    }

    /** @throws Refusal.TooLarge when a request has more inputs than one may have */
    public void requireCount(int actual) {
        if (actual > limits.inputs()) {
            throw new Refusal.TooLarge("inputs", limits.inputs(), actual);
        }
    }

    private static String document(@Nullable JsonNode document, String pointer, TextChecks checks) {
        if (document != null && document.isTextual()) {
            return checks.text(pointer, document.textValue());
        }
        if (document != null && document.isObject() && document.path("text").isTextual()) {
            return checks.text(pointer + "/text", document.path("text").textValue());
        }
        checks.fault(pointer, "must be a string, or an object with the member text");
        return "";
    }
}
