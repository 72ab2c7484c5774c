// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.document.DocumentSource;
import dev.perennial.document.SourceId;
import dev.perennial.refusal.Refusal;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a source.
 *
 * @param origin where its documents were found, e.g. an address
 * @param licence on which terms they may be used, e.g. an SPDX identifier
 * @param trust how far they are believed, from 0 to 1; 0.5 when left out
 * @param description what it is, for people
 */
@Schema(name = "SourceDefinition")
public record SourceBody(
        @Nullable String origin,
        @Nullable String licence,

        @Schema(minimum = "0", maximum = "1", defaultValue = "0.5") @Nullable
        Double trust,

        @Nullable String description) {
    private static final double UNDECIDED = 0.5;

    DocumentSource source(SourceId id, Limits limits) {
        double believed = trust == null ? UNDECIDED : trust;
        if (!(believed >= 0 && believed <= 1)) {
            throw new Refusal.Invalid("/trust", "must be a number from 0 to 1");
        }
        return new DocumentSource(
                id,
                words(origin, "/origin", limits),
                words(licence, "/licence", limits),
                believed,
                words(description, "/description", limits));
    }

    private static String words(@Nullable String value, String pointer, Limits limits) {
        return Wording.of(value, pointer, "origin_chars", limits.originChars());
    }
}
