// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Label;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads labels that a request names and says nothing else of. Thread-safe. */
public final class LabelNames {
    private final Limits limits;

    public LabelNames(Limits limits) {
        this.limits = limits;
    }

    /**
     * The labels of an array of names, each once.
     *
     * @param most how many names there may be
     * @throws Refusal.Invalid when it is none, or a name is none
     * @throws Refusal.TooLarge when there are too many, or a name is too long
     */
    public List<Label> read(JsonNode names, String pointer, int most) {
        if (!names.isArray() || names.isEmpty()) {
            throw new Refusal.Invalid(pointer, "must be an array of at least one name of a label");
        }
        int bound = Math.min(most, limits.labels());
        if (names.size() > bound) {
            throw new Refusal.TooLarge("labels", bound, names.size());
        }
        List<Fault> faults = new ArrayList<>();
        LabelBook book = new LabelBook(List.of(), limits.labels());
        Set<String> read = new LinkedHashSet<>();
        for (int i = 0; i < names.size(); i++) {
            String at = pointer + "/" + i;
            if (!names.get(i).isTextual()) {
                faults.add(new Fault(at, "must be a string"));
                continue;
            }
            String name = names.get(i).textValue();
            LabelName.requireShort(name, limits.labelNameChars());
            Optional<String> flaw = LabelName.flawIn(name, limits.labelNameChars())
                    .or(() -> book.flawIn(LabelName.of(name).value()));
            flaw.ifPresent(detail -> faults.add(new Fault(at, detail)));
            if (flaw.isEmpty()) {
                book.add(LabelName.of(name).value());
                read.add(LabelName.of(name).value());
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return read.stream().map(name -> new Label(name, "")).toList();
    }
}
