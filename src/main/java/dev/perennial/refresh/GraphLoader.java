// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.knowledge.AliasIndex;
import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.InferredVectors;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeGraph;
import dev.perennial.knowledge.KnowledgeGraphBuilder;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.Linker;
import dev.perennial.knowledge.LinkerSettings;
import dev.perennial.knowledge.TextualVectors;
import dev.perennial.knowledge.Verbalisation;
import dev.perennial.refusal.Refusal;
import java.util.Optional;

/**
 * Reads a knowledge graph from the store and makes it ready to serve: its names, the vectors by which meanings are told
 * apart, and those that speak for its entities. Thread-safe.
 */
public final class GraphLoader {
    /** What vectors of entities by what is said of them are kept as. */
    static final String TEXTUAL = "textual";

    private static final String INFERRED = "inferred";

    private final KnowledgeStore store;
    private final VectorShelf shelf;
    private final Encoders encoders;
    private final long maxBytes;

    /**
     * @param shelf where vectors are kept
     * @param encoders of which the cheapest reads names in context, and says what entities are where no other vectors
     *     were chosen
     * @param maxBytes that a graph may take in memory
     */
    public GraphLoader(KnowledgeStore store, VectorShelf shelf, Encoders encoders, long maxBytes) {
        this.store = store;
        this.shelf = shelf;
        this.encoders = encoders;
        this.maxBytes = maxBytes;
    }

    /**
     * The graph as it is in the store now.
     *
     * @throws Refusal.NotReady when there is no encoder to read with
     */
    public KnowledgeEncoder load(GraphId id) {
        Encoder reader = encoders.some().get(0);
        KnowledgeGraphBuilder builder = new KnowledgeGraphBuilder(id, maxBytes);
        store.read(id, builder::add);
        KnowledgeGraph graph = builder.build();
        TextualVectors contexts = new TextualVectors(Verbalisation.DESCRIPTION, reader);
        Linker linker = Linker.byContext(
                AliasIndex.of(graph), LinkerSettings.defaults(), contexts, vectors(graph, contexts, "context"));
        Optional<EntityVectors> given = shelf.given(id);
        if (given.isPresent()) {
            return completed(linker, given.get());
        }
        Encoder chosen = shelf.reader(id).flatMap(encoders::find).orElse(reader);
        TextualVectors texts = new TextualVectors(Verbalisation.SURROUNDINGS, chosen);
        return KnowledgeEncoder.textual(linker, texts, vectors(graph, texts, TEXTUAL));
    }

    private KnowledgeEncoder completed(Linker linker, EntityVectors given) {
        GraphId id = linker.graph().id();
        InferredVectors inferred = InferredVectors.of(linker, given);
        EntityVectors lacking = shelf.derived(id, INFERRED)
                .filter(vectors -> vectors.source().equals(inferred.source(linker)))
                .orElseGet(() -> shelf.keep(id, INFERRED, inferred.build(linker)));
        return KnowledgeEncoder.given(linker, inferred, lacking);
    }

    /** Kept ones, of which what has not changed since is taken over. */
    private EntityVectors vectors(KnowledgeGraph graph, TextualVectors texts, String use) {
        Optional<EntityVectors> kept = shelf.derived(graph.id(), use);
        return kept.filter(vectors -> vectors.source().equals(texts.source(graph)))
                .orElseGet(() -> shelf.keep(graph.id(), use, texts.build(graph, kept, (done, all) -> true)));
    }
}
