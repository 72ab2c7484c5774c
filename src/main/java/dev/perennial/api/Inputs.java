// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what a request asks about. Thread-safe. */
final class Inputs {
    private final Limits limits;

    Inputs(Limits limits) {
        this.limits = limits;
    }

    /** The inputs at {@code /inputs}; at least one. */
    List<Input> read(@Nullable List<@Nullable InputBody> bodies) {
        if (bodies == null || bodies.isEmpty()) {
            throw new Refusal.Invalid("/inputs", "is missing or empty; send the texts to be answered");
        }
        if (bodies.size() > limits.inputs()) {
            throw new Refusal.TooLarge("inputs", limits.inputs(), bodies.size());
        }
        List<Input> inputs = new ArrayList<>(bodies.size());
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            try {
                inputs.add(read(bodies.get(i), "/inputs/" + i));
            } catch (Refusal.Invalid wrong) {
                faults.addAll(wrong.faults());
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return inputs;
    }

    /** One input. */
    Input read(@Nullable InputBody body, String pointer) {
        if (body == null) {
            throw new Refusal.Invalid(pointer, "must be a text, or an object with text and, for pairs, text_pair");
        }
        Text text = text(body.text(), pointer + "/text");
        return body.textPair() == null ? Input.of(text) : Input.of(text, text(body.textPair(), pointer + "/text_pair"));
    }

    private Text text(@Nullable String value, String pointer) {
        if (value == null) {
            throw new Refusal.Invalid(pointer, "is missing; send a text");
        }
        if (value.length() > limits.textChars()) {
            throw new Refusal.TooLarge("text_chars", limits.textChars(), value.length());
        }
        Optional<Text.Flaw> flaw = Text.flawIn(value, limits.textChars());
        if (flaw.isPresent()) {
            throw new Refusal.Invalid(pointer, flaw.get().detail());
        }
        return new Text(value);
    }
}
