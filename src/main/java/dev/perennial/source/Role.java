// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import dev.perennial.knowledge.Statement.Aspect;
import dev.perennial.source.Statements.Said;
import java.util.Map;
import java.util.Optional;

/**
 * What a word like {@code label@en} in a table says about its values: that they name or describe, in a language.
 *
 * @param language may be empty
 */
record Role(Aspect aspect, String language) {
    private static final Map<String, Aspect> ASPECT_BY_WORD =
            Map.of("label", Aspect.LABEL, "alias", Aspect.ALIAS, "description", Aspect.DESCRIPTION);

    /** The role that a word names, if it names one. */
    static Optional<Role> of(String word) {
        return Optional.ofNullable(ASPECT_BY_WORD.get(name(word))).map(aspect -> new Role(aspect, language(word)));
    }

    /** What stands before the language. */
    static String name(String word) {
        int at = word.lastIndexOf('@');
        return at < 0 ? word : word.substring(0, at);
    }

    /** The language that a word ends with; empty when there is none. */
    static String language(String word) {
        int at = word.lastIndexOf('@');
        return at < 0 ? "" : word.substring(at + 1);
    }

    Said said(String entity, String words) {
        return new Said(aspect, entity, "", words, language);
    }
}
