// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What an entity is, in a request.
 *
 * @param labels its first name by language ({@code und} where it is not known), or one string
 * @param aliases its other names by language
 * @param description what it is by language, or one string
 * @param triples how it stands to other entities
 * @param attributes what else is to be said of it
 */
@Schema(name = "EntityDefinition")
public record EntityBody(
        @Schema(type = SchemaType.OBJECT) @Nullable WordsBody labels,

        @Nullable Map<String, @Nullable List<@Nullable String>> aliases,

        @Schema(type = SchemaType.OBJECT) @Nullable WordsBody description,

        @Nullable List<@Nullable TripleBody> triples,
        @Nullable List<@Nullable AttributeBody> attributes) {

    /**
     * A relation to another entity.
     *
     * @param relation id of the relation
     * @param tail id of the other entity
     */
    @Schema(name = "Triple")
    public record TripleBody(
            @Nullable String relation, @Nullable String tail) {}

    /**
     * A value of an attribute.
     *
     * @param attribute id of the attribute
     * @param value a number, a date or other words
     * @param language of the words; none when it is missing
     */
    @Schema(name = "Attribute")
    public record AttributeBody(
            @Nullable String attribute,
            @Nullable String value,
            @Nullable String language) {}
}
