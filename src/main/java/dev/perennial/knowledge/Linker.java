// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.encode.Passage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds the entities that a text names. Of those that a mention may mean it takes the one with the largest {@code log
 * P(entity | name) + kappa * cos(f(text), f(description))}, where {@code f} is a cheap encoder; by the prior alone
 * where it has none. Immutable; safe for concurrent use.
 *
 * <p>The weight of a mention is how rare its rarest word is among the descriptions of the graph times the entity's
 * prior: near 1 for a rare name that means one thing, small for a common word or for one of many meanings.
 */
public final class Linker {
    private final AliasIndex index;
    private final LinkerSettings settings;
    private final Optional<Context> context;

    private Linker(AliasIndex index, LinkerSettings settings, Optional<Context> context) {
        this.index = index;
        this.settings = settings;
        this.context = context;
    }

    /** A linker that goes by the prior alone. */
    public static Linker byPrior(AliasIndex index, LinkerSettings settings) {
        return new Linker(index, settings, Optional.empty());
    }

    /**
     * A linker that compares the text with what its entities are.
     *
     * @param texts gave the vectors; its encoder reads every text that has a name of several meanings
     * @param vectors of all entities of the index's graph
     */
    public static Linker byContext(
            AliasIndex index, LinkerSettings settings, TextualVectors texts, EntityVectors vectors) {
        EntityRows rows = new EntityRows(index.graph(), vectors);
        return new Linker(index, settings, Optional.of(new Context(texts, vectors, rows)));
    }

    private record Context(TextualVectors texts, EntityVectors vectors, EntityRows rows) {
        Context with(KnowledgeGraph graph, Collection<String> entities) {
            EntityVectors next = texts.with(vectors, graph, entities);
            return new Context(texts, next, rows.with(graph, next, entities));
        }
    }

    /**
     * A mention and the entity that it means.
     *
     * @param entity its number
     * @param start of the mention in the text
     * @param end after the mention
     */
    record Link(int entity, int start, int end, double weight) {}

    /**
     * The links of a text.
     *
     * @param words that were read
     * @param truncated whether there are words that were not
     */
    record Links(List<Link> links, int words, boolean truncated) {}

    /** The linker of an index that differs in some entities; those that are described in other words are given. */
    Linker with(AliasIndex changed, Collection<String> entities) {
        return new Linker(changed, settings, context.map(before -> before.with(changed.graph(), entities)));
    }

    /** Whether another entity than the one in which two snapshots differ is described in the same words by both. */
    boolean saysTheSame(KnowledgeGraph one, KnowledgeGraph other, String entity) {
        return context.isEmpty() || context.get().texts.saysTheSame(one, other, entity);
    }

    /** The vector of what an entity is; empty where nothing is said of it, or nothing compared. */
    Optional<float[]> description(int entity) {
        return context.flatMap(with -> {
            int row = with.rows.of(with.vectors, entity);
            float[] vector = new float[with.vectors.dimension()];
            if (row >= 0) {
                with.vectors.add(row, 1, vector);
            }
            return row < 0 ? Optional.empty() : Optional.of(vector);
        });
    }

    /** Inner product of a vector and that of what an entity is; minus infinity where that has none. */
    double likeness(int entity, float[] vector) {
        int row = context.map(with -> with.rows.of(with.vectors, entity)).orElse(-1);
        return row < 0
                ? Double.NEGATIVE_INFINITY
                : context.orElseThrow().vectors.dot(row, vector);
    }

    /** SHA-256 in hex over the vectors by which meanings are told apart. */
    String descriptions() {
        return context.map(with -> with.vectors.digest()).orElse("");
    }

    /** The names that it looks for. */
    public AliasIndex names() {
        return index;
    }

    AliasIndex index() {
        return index;
    }

    LinkerSettings settings() {
        return settings;
    }

    /** The graph whose entities are found. */
    public KnowledgeGraph graph() {
        return index.graph();
    }

    /** Names all that decides what is linked, but the graph, when all is described as it is now. */
    String basis() {
        String compared = context.map(with -> with.texts.source(graph())).orElse("");
        return "linker 2\n" + settings + "\n" + compared;
    }

    /**
     * Entities that a query is a name of, the most probable first, then those with a name that it is a part of, in the
     * order of their ids.
     *
     * @param after the entity after which to go on; empty to begin with the first
     * @param most how many
     */
    public List<FoundEntity> search(String query, String after, int most) {
        List<Candidate> named = index.candidates(query);
        List<String> ids = named.stream().map(Candidate::entity).toList();
        int next = ids.indexOf(after) + 1;
        Map<String, Double> priorById = new LinkedHashMap<>();
        if (next > 0 || after.isEmpty()) {
            named.stream()
                    .skip(next)
                    .limit(most)
                    .forEach(candidate -> priorById.put(candidate.entity(), candidate.prior()));
        }
        String last = next > 0 ? "" : after;
        NavigableSet<String> others = parts(query, last, Set.copyOf(ids), most - priorById.size());
        others.forEach(entity -> priorById.put(entity, 0.0));
        List<FoundEntity> found = new ArrayList<>();
        priorById.forEach((entity, prior) -> found.add(
                new FoundEntity(entity, graph().label(entity).orElse(entity), graph().description(entity), prior)));
        return found;
    }

    /** The first entities after one, in the order of their ids, with a name that the query is a part of. */
    private NavigableSet<String> parts(String query, String after, Set<String> named, int most) {
        String part = query.strip().toLowerCase(Locale.ROOT);
        NavigableSet<String> found = new TreeSet<>();
        graph().forEach(entity -> {
            boolean wanted = entity.compareTo(after) > 0
                    && (found.size() < most || (most > 0 && entity.compareTo(found.last()) < 0));
            if (wanted && !named.contains(entity) && hasName(entity, part)) {
                found.add(entity);
                if (found.size() > most) {
                    found.pollLast();
                }
            }
        });
        return found;
    }

    private boolean hasName(String entity, String part) {
        return part.isEmpty()
                || Stream.concat(graph().labels(entity).stream(), graph().aliases(entity).stream())
                        .anyMatch(name -> name.value().toLowerCase(Locale.ROOT).contains(part));
    }

    /** The entities that a text names, from left to right. */
    public List<LinkedEntity> link(String text) {
        return links(text, settings.mostWords()).links().stream()
                .map(link -> linked(link, text))
                .toList();
    }

    LinkedEntity linked(Link link, String text) {
        String id = graph().idOf(link.entity());
        return new LinkedEntity(
                graph().id().value(),
                id,
                graph().label(id).orElse(id),
                text.substring(link.start(), link.end()),
                link.start(),
                link.end(),
                link.weight());
    }

    Links links(String text, int mostWords) {
        Tokens tokens = Tokens.of(text, mostWords);
        MentionFinder finder = new MentionFinder(index, text, tokens);
        List<Link> links = new ArrayList<>();
        // What was not read must not decide what the rest means.
        Choice choice = new Choice(tokens.hasMore() ? text.substring(0, tokens.end()) : text);
        while (links.size() < settings.mostMentions() && finder.next()) {
            Candidates candidates = finder.candidates();
            int best = choice.best(candidates);
            double weight = finder.rarity() * candidates.prior(best);
            links.add(new Link(candidates.entity(best), finder.start(), finder.end(), weight));
        }
        return new Links(links, tokens.size(), tokens.hasMore());
    }

    /** Chooses among candidates; reads the text when it must for the first time. */
    private final class Choice {
        private final String text;
        private float[] embedding = {};

        Choice(String text) {
            this.text = text;
        }

        int best(Candidates candidates) {
            int best = 0;
            if (candidates.size() > 1) {
                double bestScore = score(candidates, 0);
                for (int i = 1; i < candidates.size(); i++) {
                    double score = score(candidates, i);
                    if (score > bestScore || (score == bestScore && isBefore(candidates, i, best))) {
                        best = i;
                        bestScore = score;
                    }
                }
            }
            return best;
        }

        private boolean isBefore(Candidates candidates, int one, int other) {
            return graph().idOf(candidates.entity(one)).compareTo(graph().idOf(candidates.entity(other))) < 0;
        }

        private double score(Candidates candidates, int candidate) {
            double prior = Math.log(candidates.prior(candidate));
            return context.map(with -> prior + settings.kappa() * cosine(with, candidates.entity(candidate)))
                    .orElse(prior);
        }

        private double cosine(Context with, int entity) {
            int row = with.rows.of(with.vectors, entity);
            if (row < 0) {
                return 0;
            }
            if (embedding.length == 0) {
                embedding = with.texts
                        .encoder()
                        .encode(List.of(Passage.of(text)))
                        .get(0)
                        .vector();
            }
            return with.vectors.dot(row, embedding);
        }
    }
}
