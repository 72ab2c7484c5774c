// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.document.Document;
import dev.perennial.document.EvaluationSetId;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A document as clients see it.
 *
 * @param id {@code doc_...}
 * @param source where it comes from; its licence and trust are the source's
 * @param text what it says
 * @param title its title
 * @param origin where it was found, when that was said of it alone
 * @param language its language, when that was said
 * @param externalId the client's own name of it
 * @param leakedFrom the evaluation sets of which it holds a text; when there are any, it is not searched
 * @param revision the revision that added it
 * @param createdAt when it was added
 */
@Schema(name = "Document")
public record DocumentItem(
        String id,
        String source,
        String text,
        @Nullable String title,
        @Nullable String origin,
        @Nullable String language,
        @Nullable String externalId,
        List<String> leakedFrom,
        String revision,
        Instant createdAt) {

    static DocumentItem of(Document document) {
        return new DocumentItem(
                document.id(),
                document.source().value(),
                document.draft().text().value(),
                orNull(document.draft().title()),
                orNull(document.draft().origin()),
                orNull(document.draft().language()),
                document.draft().externalId().orElse(null),
                document.leaks().stream().map(EvaluationSetId::value).toList(),
                document.addedBy().toString(),
                document.addedAt());
    }

    static @Nullable String orNull(String words) {
        return words.isEmpty() ? null : words;
    }
}
