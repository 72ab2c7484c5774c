// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Words in a request: an object of words by language, or a string in no particular one.
 *
 * @param byLanguage words by BCP 47 tag; {@code und} where it is not known
 */
public record WordsBody(Map<String, @Nullable String> byLanguage) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public WordsBody {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static WordsBody of(String words) {
        return new WordsBody(Map.of("und", words));
    }
}
