// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.kge.LinkEvaluation;
import dev.perennial.kge.LinkMetrics;
import dev.perennial.kge.Triples;
import dev.perennial.knowledge.GraphId;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * Ranks triples that were held out by a graph's trained vectors: filtered by what was trained on and by what was held
 * out, in both directions, ties at their mean rank. Thread-safe.
 */
public final class GraphEvaluationJob implements JobWork {
    public static final String KIND = "graph-evaluation";

    private static final int COLUMNS = 3;

    private final VectorShelf shelf;
    private final LinearAlgebra algebra;
    private final ForkJoinPool pool;

    /** @param pool the threads to evaluate on */
    public GraphEvaluationJob(VectorShelf shelf, LinearAlgebra algebra, ForkJoinPool pool) {
        this.shelf = shelf;
        this.algebra = algebra;
        this.pool = pool;
    }

    /**
     * What to hand to {@link Jobs#accept}.
     *
     * @param triples lines of head, relation and tail, separated by tabs, in UTF-8
     */
    public static Jobs.Order order(GraphId graph, byte[] triples) {
        return new Jobs.Order(KIND, graph.value(), triples, 1, "steps");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        TrainedGraph trained = GraphVectorsJob.read(shelf.trained(new GraphId(job.subject())), algebra)
                .orElseThrow(() -> new Refusal.Conflict(
                        "The graph has no trained vectors; POST …/embeddings trains some, with a model that ranks."));
        List<int[]> known = new ArrayList<>();
        long unknown = 0;
        NumberedGraph.Index index = trained.graph().index();
        for (String line : new String(payload, StandardCharsets.UTF_8).lines().toList()) {
            String[] cells = line.split("\t", -1);
            if (cells.length < COLUMNS) {
                throw new Refusal.Invalid("", "Each line is a head, a relation and a tail, separated by tabs.");
            }
            int before = known.size();
            index.numbers(cells[0], cells[1], cells[2]).ifPresent(known::add);
            unknown += known.size() == before ? 1 : 0;
        }
        if (known.isEmpty()) {
            throw new Refusal.Invalid("", "No line names entities and a relation that were trained.");
        }
        Triples heldOut = trained.graph().among(known);
        LinkMetrics metrics = pool.invoke(ForkJoinTask.adapt(
                () -> LinkEvaluation.of(algebra, List.of(trained.graph().triples(), heldOut))
                        .evaluate(trained.training().vectors(), heldOut)));
        progress.report(1, 1, "evaluated");
        return new Outcome(
                new JsonText()
                        .put("mrr", metrics.meanReciprocalRank())
                        .put("hits_at_1", metrics.hitsAt1())
                        .put("hits_at_3", metrics.hitsAt3())
                        .put("hits_at_10", metrics.hitsAt10())
                        .put("triples", metrics.triples())
                        .put("unknown", unknown)
                        .toString(),
                true);
    }
}
