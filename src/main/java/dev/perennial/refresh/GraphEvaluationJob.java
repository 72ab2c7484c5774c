// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.kge.LinkEvaluation;
import dev.perennial.kge.LinkMetrics;
import dev.perennial.kge.Triples;
import dev.perennial.knowledge.GraphId;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * Ranks triples that were held out by a graph's trained vectors: filtered by what was trained on, by what was held out
 * and by what else is said to be right, in both directions, ties at their mean rank. Thread-safe.
 *
 * <p>Bytes of an order: how many those of the triples are, as a big-endian int, then the triples and then the filter,
 * both in UTF-8.
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
     * @param triples lines of head, relation and tail, separated by tabs
     * @param filter likewise, what is right and neither trained nor held out; may be empty
     */
    public static Jobs.Order order(GraphId graph, String triples, String filter) {
        byte[] asked = triples.getBytes(StandardCharsets.UTF_8);
        byte[] right = filter.getBytes(StandardCharsets.UTF_8);
        byte[] payload = ByteBuffer.allocate(Integer.BYTES + asked.length + right.length)
                .putInt(asked.length)
                .put(asked)
                .put(right)
                .array();
        return new Jobs.Order(KIND, graph.value(), payload, 1, "steps");
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** What lines name, and how many of them name something that was not trained. */
    private record Named(Triples triples, long unknown) {

        static Named of(NumberedGraph graph, String lines) {
            List<int[]> known = new ArrayList<>();
            long unknown = 0;
            NumberedGraph.Index index = graph.index();
            for (String line : lines.lines().toList()) {
                String[] cells = line.split("\t", -1);
                if (cells.length < COLUMNS) {
                    throw new Refusal.Invalid("", "Each line is a head, a relation and a tail, separated by tabs.");
                }
                int before = known.size();
                index.numbers(cells[0], cells[1], cells[2]).ifPresent(known::add);
                unknown += known.size() == before ? 1 : 0;
            }
            return new Named(graph.among(known), unknown);
        }
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        TrainedGraph trained = GraphVectorsJob.read(shelf.trained(new GraphId(job.subject())), algebra)
                .orElseThrow(() -> new Refusal.Conflict(
                        "The graph has no trained vectors; POST …/embeddings trains some, with a model that ranks."));
        int asked = ByteBuffer.wrap(payload).getInt();
        Named heldOut = Named.of(trained.graph(), text(payload, Integer.BYTES, asked));
        int from = Integer.BYTES + asked;
        Named right = Named.of(trained.graph(), text(payload, from, payload.length - from));
        if (heldOut.triples().size() == 0) {
            throw new Refusal.Invalid("", "No line names entities and a relation that were trained.");
        }
        LinkMetrics metrics = pool.invoke(ForkJoinTask.adapt(
                () -> LinkEvaluation.of(algebra, List.of(trained.graph().triples(), heldOut.triples(), right.triples()))
                        .evaluate(trained.training().vectors(), heldOut.triples())));
        progress.report(1, 1, "evaluated");
        return new Outcome(
                new JsonText()
                        .put("mrr", metrics.meanReciprocalRank())
                        .put("hits_at_1", metrics.hitsAt1())
                        .put("hits_at_3", metrics.hitsAt3())
                        .put("hits_at_10", metrics.hitsAt10())
                        .put("triples", metrics.triples())
                        .put("unknown", heldOut.unknown())
                        .put("filter", right.triples().size())
                        .put("filter_unknown", right.unknown())
                        .toString(),
                true);
    }

    private static String text(byte[] payload, int from, int length) {
        return new String(payload, from, length, StandardCharsets.UTF_8);
    }
}
