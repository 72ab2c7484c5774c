// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.jspecify.annotations.Nullable;

/**
 * A label in a request: an object, or its name alone as a string.
 *
 * @param name unique within the task
 * @param description what it means, for answers before the first example
 */
public record LabelBody(@Nullable String name, @Nullable String description) {

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public LabelBody {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static LabelBody of(String name) {
        return new LabelBody(name, null);
    }
}
