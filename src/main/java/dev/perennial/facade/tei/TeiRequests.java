// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.tei;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.api.InputBody;
import dev.perennial.api.Limits;
import dev.perennial.api.TextChecks;
import dev.perennial.api.TextNodes;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what text-embeddings-inference's clients send. Thread-safe. */
final class TeiRequests {
    private final Limits limits;

    TeiRequests(Limits limits) {
        this.limits = limits;
    }

    /** Whether there is an array with nothing in it, which the protocol has a failure of its own for. */
    static boolean isEmpty(@Nullable JsonNode inputs) {
        return inputs != null && inputs.isArray() && inputs.isEmpty();
    }

    static void requireRight(@Nullable String truncationDirection, String pointer) {
        if (truncationDirection != null && !truncationDirection.equalsIgnoreCase("right")) {
            throw new Refusal.Invalid(pointer, "must be right; members read the beginning of a long text");
        }
    }

    static void requireNoPrompt(@Nullable String promptName, String pointer) {
        if (promptName != null) {
            throw new Refusal.Invalid(pointer, "is not offered; members put their own prefix before a text");
        }
    }

    /** @throws Refusal.Invalid when a text was not read to its end and the client wants none cut off */
    static void requireWhole(@Nullable Boolean truncate, boolean truncated, String pointer) {
        if (Boolean.FALSE.equals(truncate) && truncated) {
            throw new Refusal.Invalid(pointer, "is longer than a member can read; shorten it, or leave truncate out");
        }
    }

    /** A text and those that it is compared with. */
    List<String> oneAndOthers(@Nullable String one, String pointer, @Nullable JsonNode others, String othersPointer) {
        List<String> texts = new ArrayList<>();
        TextChecks checks = new TextChecks(limits.textChars());
        texts.add(checks.text(pointer, one));
        checks.requireNone();
        if (others == null || !others.isArray()) {
            throw new Refusal.Invalid(othersPointer, "must be an array of at least one string");
        }
        texts.addAll(new TextNodes(limits).strings(others, othersPointer));
        return texts;
    }

    /** What a task is asked: a text, the two of a pair, or an array of arrays of one or two. */
    Questions questions(@Nullable JsonNode inputs) {
        TextNodes nodes = new TextNodes(limits);
        if (inputs == null || !inputs.isArray() || inputs.path(0).isTextual()) {
            return new Questions(List.of(input(nodes.strings(inputs, "/inputs"), "/inputs")), false);
        }
        nodes.requireCount(inputs.size());
        List<InputBody> several = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            String pointer = "/inputs/" + i;
            if (!inputs.get(i).isArray()) {
                throw new Refusal.Invalid(pointer, "must be an array of one string or two, as the others");
            }
            several.add(input(nodes.strings(inputs.get(i), pointer), pointer));
        }
        return new Questions(several, true);
    }

    /** @param batch whether they came as an array of several */
    record Questions(List<InputBody> inputs, boolean batch) {}

    private static InputBody input(List<String> texts, String pointer) {
        if (texts.size() > 2) {
            throw new Refusal.Invalid(
                    pointer, "must be one string or two; several texts are sent as [[\"one\"], [\"another\"]]");
        }
        return new InputBody(texts.get(0), texts.size() == 2 ? texts.get(1) : null);
    }
}
