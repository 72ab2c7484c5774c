// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the labels that a request defines. */
final class LabelDefinitions {
    private final Limits limits;

    LabelDefinitions(Limits limits) {
        this.limits = limits;
    }

    /**
     * The labels at {@code /labels}.
     *
     * @param book labels that there are already
     * @throws Refusal.TooLarge when there are too many, or a name or description is too long
     */
    List<Label> read(@Nullable List<@Nullable LabelBody> bodies, LabelBook book) {
        if (bodies == null) {
            return List.of();
        }
        if (bodies.size() > limits.labels()) {
            throw new Refusal.TooLarge("labels", limits.labels(), bodies.size());
        }
        List<Label> labels = new ArrayList<>();
        List<String> defined = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            String pointer = "/labels/" + i;
            LabelBody body = bodies.get(i);
            Optional<Fault> fault = fault(body, pointer, defined, book);
            fault.ifPresent(faults::add);
            if (fault.isEmpty() && body != null && body.name() != null) {
                String name = LabelName.of(body.name()).value();
                book.add(name);
                defined.add(name);
                labels.add(new Label(name, description(body, pointer)));
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return labels;
    }

    private Optional<Fault> fault(@Nullable LabelBody body, String pointer, List<String> defined, LabelBook book) {
        if (body == null) {
            return Optional.of(new Fault(pointer, "must be an object with a name"));
        }
        if (body.name() == null) {
            return Optional.of(new Fault(pointer + "/name", "is missing; every label has a name"));
        }
        LabelName.requireShort(body.name(), limits.labelNameChars());
        Optional<String> flaw = LabelName.flawIn(body.name(), limits.labelNameChars());
        if (flaw.isPresent()) {
            return Optional.of(new Fault(pointer + "/name", flaw.get()));
        }
        String name = LabelName.of(body.name()).value();
        if (defined.contains(name)) {
            return Optional.of(new Fault(pointer + "/name", "is named twice"));
        }
        return book.flawIn(name).map(detail -> new Fault(pointer + "/name", detail));
    }

    private String description(LabelBody body, String pointer) {
        return Wording.of(
                body.description(),
                pointer + "/description",
                "label_description_chars",
                limits.labelDescriptionChars());
    }
}
