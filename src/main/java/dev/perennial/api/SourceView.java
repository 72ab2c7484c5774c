// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.document.StoredSource;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A source as clients see it.
 *
 * @param id its name
 * @param origin where its documents were found
 * @param licence on which terms
 * @param trust how far they are believed
 * @param description what it is
 * @param documents how many there are
 * @param revision the last change of its definition or its documents
 * @param createdAt when it was defined first
 */
@Schema(name = "Source")
public record SourceView(
        String id,
        String origin,
        String licence,
        double trust,
        String description,
        long documents,
        String revision,
        Instant createdAt) {

    static SourceView of(StoredSource stored) {
        return new SourceView(
                stored.source().id().value(),
                stored.source().origin(),
                stored.source().licence(),
                stored.source().trust(),
                stored.source().description(),
                stored.documents(),
                stored.revision().toString(),
                stored.createdAt());
    }
}
