// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import dev.perennial.task.ContentKey;
import dev.perennial.text.Text;
import java.util.Optional;

/**
 * What a client says a document is.
 *
 * @param text what it says
 * @param title its title; may be empty
 * @param origin where it was found, when that is more than its source says; may be empty
 * @param language as in BCP 47; empty when it is not known
 * @param externalId the client's own name of it, under which a later one replaces it
 */
public record Draft(Text text, String title, String origin, String language, Optional<String> externalId) {
    /** No text holds it. */
    private static final char BETWEEN = '\0';

    /** A text and nothing else. */
    public static Draft of(String text) {
        return new Draft(new Text(text), "", "", "", Optional.empty());
    }

    /** The digest of all that is said but the external id. */
    public ContentKey contentKey() {
        return ContentKey.ofText(title + BETWEEN + origin + BETWEEN + language + BETWEEN + text.value());
    }
}
