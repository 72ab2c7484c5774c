// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * One thing that is said about an entity. All that is known of a graph are its statements.
 *
 * <p>Relations are entities too: a label stated about a relation's id is the relation's name.
 *
 * @param entity id of the entity that it is about: an IRI, or any other string that is not empty
 * @param aspect what kind of thing is said
 * @param relation id of the relation or attribute; empty for all other kinds
 * @param value another entity's id (relation), or the words (all other kinds); not empty
 * @param language of the words, as in BCP 47, in lower case; empty when it is not known, and for relations
 * @param count how often the words were seen to name this entity, at least 1; 1 for what is no name
 */
public record Statement(String entity, Aspect aspect, String relation, String value, String language, int count) {

    /** What kind of thing is said about an entity. */
    public enum Aspect {
        /** Its first name in a language. */
        LABEL,
        /** Another name. */
        ALIAS,
        /** What it is, in a sentence. */
        DESCRIPTION,
        /** How it stands to another entity. */
        RELATION,
        /** A number, a date or other words that name nothing. */
        ATTRIBUTE
    }

    public Statement {
        boolean related = aspect == Aspect.RELATION || aspect == Aspect.ATTRIBUTE;
        if (entity.isEmpty() || value.isEmpty() || count < 1 || related == relation.isEmpty()) {
            throw new IllegalArgumentException("not a statement");
        }
    }

    /** {@code entity} stands in {@code relation} to {@code other}. */
    public static Statement relation(String entity, String relation, String other) {
        return new Statement(entity, Aspect.RELATION, relation, other, "", 1);
    }

    /** {@code entity} is called so in a language. */
    public static Statement label(String entity, String words, String language) {
        return new Statement(entity, Aspect.LABEL, "", words, language, 1);
    }

    /** {@code entity} is also called so in a language. */
    public static Statement alias(String entity, String words, String language) {
        return new Statement(entity, Aspect.ALIAS, "", words, language, 1);
    }

    /** What {@code entity} is, in a language. */
    public static Statement description(String entity, String words, String language) {
        return new Statement(entity, Aspect.DESCRIPTION, "", words, language, 1);
    }

    /** {@code entity} has this value of an attribute. */
    public static Statement attribute(String entity, String attribute, String words, String language) {
        return new Statement(entity, Aspect.ATTRIBUTE, attribute, words, language, 1);
    }
}
