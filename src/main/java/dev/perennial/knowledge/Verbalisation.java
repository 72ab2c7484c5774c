// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How an entity is put in words for an encoder: the same words for the same statements, at most 1,000 characters. */
public enum Verbalisation {
    /** Its description; where there is none, its surroundings. For telling apart what a name may mean. */
    DESCRIPTION {
        @Override
        Optional<String> words(KnowledgeGraph graph, String entity) {
            return graph.description(entity).or(() -> SURROUNDINGS.words(graph, entity));
        }
    },
    /** Its name, its description, and how it stands to {@value #MOST_NEIGHBOURS} others at most. */
    SURROUNDINGS {
        @Override
        Optional<String> words(KnowledgeGraph graph, String entity) {
            return graph.label(entity).map(label -> surroundings(graph, entity, label));
        }
    };

    private static final int LONGEST = 1000;
    private static final int MOST_NEIGHBOURS = 8;

    /** The words; empty for an entity without a name. */
    public final Optional<String> text(KnowledgeGraph graph, String entity) {
        return words(graph, entity).map(Verbalisation::shortened);
    }

    abstract Optional<String> words(KnowledgeGraph graph, String entity);

    /** "dog: an animal that barks. hypernym canine; part of pack; hypernym of corgi". */
    private static String surroundings(KnowledgeGraph graph, String entity, String label) {
        StringBuilder words = new StringBuilder(label);
        graph.description(entity).ifPresent(description -> words.append(": ").append(description));
        List<String> neighbours = new ArrayList<>();
        for (Neighbour other : graph.relationsOut(entity, MOST_NEIGHBOURS)) {
            neighbours.add(graph.relationName(other.relation()) + " " + graph.relationName(other.entity()));
        }
        for (Neighbour other : graph.relationsIn(entity, MOST_NEIGHBOURS - neighbours.size())) {
            neighbours.add(graph.relationName(other.relation()) + " of " + graph.relationName(other.entity()));
        }
        if (!neighbours.isEmpty()) {
            words.append(". ").append(String.join("; ", neighbours));
        }
        return words.toString();
    }

    private static String shortened(String words) {
        if (words.length() <= LONGEST) {
            return words;
        }
        boolean split = Character.isHighSurrogate(words.charAt(LONGEST - 1));
        return words.substring(0, split ? LONGEST - 1 : LONGEST);
    }
}
