// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Optional;
import java.util.Set;

/**
 * How a file is read.
 *
 * @param form what it is
 * @param base against which its relative IRIs are resolved; without one they are faults
 * @param nodes begins the ids of its nodes without a name, which are nobody else's
 * @param language of words that do not say theirs; may be empty
 * @param naming which predicates of RDF name and describe
 * @param columns what the columns of a CSV table say
 * @param limits how much is read at once
 */
public record GraphReading(
        GraphForm form,
        Optional<String> base,
        String nodes,
        String language,
        Naming naming,
        Columns columns,
        Limits limits) {

    /** IRIs of the predicates whose literals are names or descriptions; those of all others are attributes. */
    public record Naming(Set<String> labels, Set<String> aliases, Set<String> descriptions) {
        private static final String SKOS = "http://www.w3.org/2004/02/skos/core#";
        private static final String RDFS = "http://www.w3.org/2000/01/rdf-schema#";
        private static final String SCHEMA = "schema.org/";

        /** What is usual: RDFS, SKOS, schema.org, Dublin Core. */
        public static final Naming USUAL = new Naming(
                Set.of(RDFS + "label", SKOS + "prefLabel", "http://" + SCHEMA + "name", "https://" + SCHEMA + "name"),
                Set.of(SKOS + "altLabel", "http://" + SCHEMA + "alternateName", "https://" + SCHEMA + "alternateName"),
                Set.of(
                        RDFS + "comment",
                        SKOS + "definition",
                        "http://" + SCHEMA + "description",
                        "https://" + SCHEMA + "description",
                        "http://purl.org/dc/terms/description",
                        "http://purl.org/dc/elements/1.1/description"));

        public Naming {
            labels = Set.copyOf(labels);
            aliases = Set.copyOf(aliases);
            descriptions = Set.copyOf(descriptions);
        }

        /** What the literals of a predicate are. */
        public Statement.Aspect aspect(String predicate) {
            if (labels.contains(predicate)) {
                return Statement.Aspect.LABEL;
            }
            if (aliases.contains(predicate)) {
                return Statement.Aspect.ALIAS;
            }
            return descriptions.contains(predicate) ? Statement.Aspect.DESCRIPTION : Statement.Aspect.ATTRIBUTE;
        }
    }

    /**
     * What the columns of a table say. Those whose names begin with one of these three words in the singular, also with
     * a language as in {@code alias@en}, say so themselves; all others are attributes.
     *
     * @param entity the column with the entities' ids; {@code id} when it is empty
     * @param relations columns with ids of other entities, several separated by {@code |}
     */
    public record Columns(
            Optional<String> entity,
            Set<String> labels,
            Set<String> aliases,
            Set<String> descriptions,
            Set<String> relations) {
        /** Nothing but what the names of the columns say. */
        public static final Columns AS_NAMED = new Columns(Optional.empty(), Set.of(), Set.of(), Set.of(), Set.of());

        public Columns {
            labels = Set.copyOf(labels);
            aliases = Set.copyOf(aliases);
            descriptions = Set.copyOf(descriptions);
            relations = Set.copyOf(relations);
        }
    }

    /**
     * How much is read at once.
     *
     * @param idChars ids of entities and relations, in UTF-16 code units
     * @param literalBytes words of one statement, as UTF-8
     * @param jsonBytes a JSON-LD file, which is read as a whole
     */
    public record Limits(int idChars, int literalBytes, int jsonBytes) {}
}
