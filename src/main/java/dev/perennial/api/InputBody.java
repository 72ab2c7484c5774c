// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about, in a request: an object, or for tasks about single texts a plain string.
 *
 * @param text the text, or the first of a pair
 * @param textPair the second text of a pair
 */
@Schema(name = "Input")
public record InputBody(@Nullable String text, @Nullable String textPair) {

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public InputBody {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static InputBody of(String text) {
        return new InputBody(text, null);
    }
}
