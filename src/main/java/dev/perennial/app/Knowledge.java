// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Limits;
import dev.perennial.encode.Encoders;
import dev.perennial.knowledge.GraphClearing;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.refresh.GraphEvaluationJob;
import dev.perennial.refresh.GraphImportJob;
import dev.perennial.refresh.GraphKeeper;
import dev.perennial.refresh.GraphLoader;
import dev.perennial.refresh.GraphVectorsJob;
import dev.perennial.refresh.JobStore;
import dev.perennial.refresh.JobWork;
import dev.perennial.refresh.Jobs;
import dev.perennial.refresh.Uploads;
import dev.perennial.refresh.VectorShelf;
import dev.perennial.source.GraphFiles;
import dev.perennial.store.UploadFiles;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * How knowledge graphs come in, and how they serve.
 *
 * @param graphs their changes
 * @param uploads files on the way
 * @param imports reads files into graphs
 * @param shelf keeps the vectors of their entities
 * @param keeper has those in memory follow those in the store
 */
record Knowledge(Graphs graphs, Uploads uploads, GraphImportJob imports, VectorShelf shelf, GraphKeeper keeper) {
    /** Some twenty times the whole of WordNet. */
    private static final long MOST_GRAPH_BYTES = 1L << 30;

    /**
     * Who serves with graphs.
     *
     * @param encoders read what entities are
     * @param live the graphs that serve
     * @param heard told when one says something else
     */
    record Audience(Encoders encoders, LiveGraphs live, Runnable heard) {}

    /**
     * Reads every graph that is stored, and follows them from then on. Of one that cannot be read, it is known only
     * which change was its last: that one counts as not serving, and who asks for an earlier one is answered without
     * the graph.
     */
    static Knowledge of(Disk disk, KnowledgeStore store, Audience audience, Limits limits) {
        VectorShelf shelf = new VectorFiles(disk.directory().graphs(), disk.kept());
        GraphLoader loader = new GraphLoader(store, shelf, audience.encoders(), MOST_GRAPH_BYTES);
        GraphKeeper.open(store, shelf, loader, audience.live());
        GraphKeeper keeper = new GraphKeeper(store, shelf, loader, audience.live(), audience.heard());
        store.graphs().stream()
                .filter(stored -> keeper.find(stored.definition().id()).isEmpty())
                .forEach(stored -> keeper.changed(stored.definition().id(), stored.revision()));
        Graphs graphs = new Graphs(store, keeper, new GraphClearing(store));
        Uploads files = new UploadFiles(disk.directory().uploads(), disk.kept());
        GraphImportJob imports = new GraphImportJob(graphs, new GraphFiles(), files, limits.graphStatements());
        return new Knowledge(graphs, files, imports, shelf, keeper);
    }

    /**
     * Has graphs follow what takes up or dismisses an encoder, which may be the one that reads what is said of their
     * entities.
     */
    <T, U> BiConsumer<T, U> following(BiConsumer<T, U> change) {
        return change.andThen((changed, how) -> keeper.readAnew());
    }

    /** The same for a change that may not come about. */
    <T, U> BiPredicate<T, U> followingIfSo(BiPredicate<T, U> change) {
        return (changed, condition) -> {
            boolean isSo = change.test(changed, condition);
            if (isSo) {
                keeper.readAnew();
            }
            return isSo;
        };
    }

    /** The jobs, after what was cut off was undone that belongs to none of them. */
    Jobs recovered(Jobs jobs, JobStore store) {
        imports.recover(store);
        List<GraphId> ids = graphs.store().graphs().stream()
                .map(stored -> stored.definition().id())
                .toList();
        GraphVectorsJob.recover(shelf, ids, store);
        return jobs;
    }

    /**
     * The work that there is with graphs.
     *
     * @param algebra to train vectors with, on threads of their own
     * @param gated decides whether a graph may serve with other vectors
     */
    List<JobWork> works(Encoders encoders, LinearAlgebra algebra, int threads, GraphVectorsJob.Gated gated) {
        ForkJoinPool trainers = Refreshing.inBackground(threads);
        return List.of(
                imports,
                new GraphVectorsJob(keeper, shelf, encoders, uploads, algebra, trainers).gatedBy(gated),
                new GraphEvaluationJob(shelf, algebra, trainers));
    }
}
