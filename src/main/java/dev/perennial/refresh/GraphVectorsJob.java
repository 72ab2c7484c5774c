// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.kge.EpochReport;
import dev.perennial.kge.GraphTraining;
import dev.perennial.kge.GraphVectors;
import dev.perennial.kge.TrainingListener;
import dev.perennial.kge.TrainingSettings;
import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.EntityVectorsBuilder;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.knowledge.TextualVectors;
import dev.perennial.knowledge.Verbalisation;
import dev.perennial.knowledge.WordVectorsFile;
import dev.perennial.learn.Admittance;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * Gives the entities of a graph vectors: trained, textual or imported ones. The graph serves with those it had until
 * all is done, and then tasks are learnt anew that listen to it. A training that the end of the process cuts off goes
 * on after the next start from the last epoch that was kept. Thread-safe.
 */
public final class GraphVectorsJob implements JobWork {
    public static final String KIND = "graph-vectors";

    private static final String UNIT = "steps";
    /** A training takes eight bytes for each. */
    private static final long MOST_NUMBERS = 1L << 26;

    /** Keeping may take so small a part of the time, and happens no more often than this. */
    private static final int SHARE_OF_KEEPING = 20;

    private static final long LEAST_NANOS_BETWEEN_KEEPS = 2_000_000_000L;

    private final GraphKeeper keeper;
    private final VectorShelf shelf;
    private final Encoders encoders;
    private final Uploads uploads;
    private final LinearAlgebra algebra;
    private final ForkJoinPool pool;
    private final Gated gated;

    /**
     * What decides whether a graph may serve with other vectors.
     *
     * @param admits has tasks learnt with the graph as it would be, aside, as {@code learn.Teacher} does
     * @param gate asked about them
     */
    public record Gated(BiPredicate<LinkingEncoder, Admittance> admits, JobGate gate) {
        static final Gated OPEN = new Gated((graph, admittance) -> true, JobGate.OPEN);
    }

    /** @param pool the threads to train on */
    public GraphVectorsJob(
            GraphKeeper keeper,
            VectorShelf shelf,
            Encoders encoders,
            Uploads uploads,
            LinearAlgebra algebra,
            ForkJoinPool pool) {
        this.keeper = keeper;
        this.shelf = shelf;
        this.encoders = encoders;
        this.uploads = uploads;
        this.algebra = algebra;
        this.pool = pool;
        this.gated = Gated.OPEN;
    }

    private GraphVectorsJob(GraphVectorsJob other, Gated gated) {
        this.keeper = other.keeper;
        this.shelf = other.shelf;
        this.encoders = other.encoders;
        this.uploads = other.uploads;
        this.algebra = other.algebra;
        this.pool = other.pool;
        this.gated = gated;
    }

    /** The same, but vectors serve only if they are let pass. */
    public GraphVectorsJob gatedBy(Gated by) {
        return new GraphVectorsJob(this, by);
    }

    /** What to hand to {@link Jobs#acceptAlone}. */
    public static Jobs.Order order(GraphId graph, GraphVectorsOrder order) {
        long total = order instanceof GraphVectorsOrder.Trained trained
                ? trained.settings().epochs()
                : 0;
        return new Jobs.Order(KIND, graph.value(), order.toBytes(), total, UNIT);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        GraphId id = new GraphId(job.subject());
        requireSame(job, id);
        KnowledgeEncoder graph = keeper.find(id).orElseThrow(() -> new Refusal.NotFound("graph", id.value()));
        GraphVectorsOrder order = GraphVectorsOrder.of(payload);
        if (order instanceof GraphVectorsOrder.Trained trained) {
            return trained(job, graph, trained, progress);
        }
        return order instanceof GraphVectorsOrder.Textual textual
                ? textual(job, graph, textual, progress)
                : imported(job, graph, (GraphVectorsOrder.Imported) order);
    }

    /** A graph that was removed, and perhaps defined again under its id, is not the one that vectors were asked of. */
    private void requireSame(Job job, GraphId id) {
        if (!keeper.isThatOf(id, job.createdAt())) {
            throw new Refusal.Conflict("The graph was removed before its vectors were made; they are dropped.");
        }
    }

    private Outcome textual(Job job, KnowledgeEncoder graph, GraphVectorsOrder.Textual order, JobProgress progress) {
        GraphId id = graph.graph().id();
        Encoder reader = encoders.find(order.member())
                .orElseThrow(() -> new Refusal.Conflict("The member that was to read the graph serves no longer."));
        TextualVectors texts = new TextualVectors(Verbalisation.SURROUNDINGS, reader);
        EntityVectors vectors;
        try {
            vectors = texts.build(graph.graph(), shelf.derived(id, GraphLoader.TEXTUAL), (done, all) -> {
                requireSame(job, id);
                progress.report(done, all, "reading entities");
                return progress.mayGoOn();
            });
        } catch (CancellationException cancelled) {
            return new Outcome("{}", false);
        }
        requireSame(job, id);
        return served(
                job,
                KnowledgeEncoder.textual(graph.linker(), texts, vectors),
                vectors,
                () -> keeping(job, id, () -> {
                    shelf.readBy(id, order.member());
                    shelf.keep(id, GraphLoader.TEXTUAL, vectors);
                    shelf.takeBack(id);
                }));
    }

    private Outcome imported(Job job, KnowledgeEncoder graph, GraphVectorsOrder.Imported order) {
        GraphId id = graph.graph().id();
        try (InputStream file = uploads.open(order.upload())) {
            EntityVectors vectors =
                    WordVectorsFile.read(file, order.format(), graph.linker().names());
            if (vectors.rows() == 0) {
                throw new Refusal.Invalid("", "No row of the file is named as an entity of the graph is.");
            }
            Outcome outcome =
                    served(job, KnowledgeEncoder.given(graph.linker(), vectors), vectors, () -> give(job, id, vectors));
            uploads.discard(order.upload());
            return outcome;
        } catch (IOException unreadable) {
            throw new Refusal.StoreUnavailable("The upload cannot be read; check the disk of the data directory.", 1);
        }
    }

    private Outcome trained(Job job, KnowledgeEncoder graph, GraphVectorsOrder.Trained order, JobProgress progress) {
        GraphId id = graph.graph().id();
        NumberedGraph numbered = NumberedGraph.of(graph.graph());
        if (numbered.triples().size() == 0) {
            throw new Refusal.Conflict("The graph states no relation between entities, so there is nothing to learn.");
        }
        requireRoom(order.settings(), numbered);
        TrainedGraph trained = begun(job, id, numbered)
                .orElseGet(() -> new TrainedGraph(
                        job.id(), numbered, GraphTraining.begin(order.settings(), numbered.triples(), algebra)));
        Following following = new Following(job, trained, progress);
        if (!pool.invoke(ForkJoinTask.adapt(() -> trained.training().run(following)))) {
            shelf.dropTraining(id);
            return new Outcome("{}", false);
        }
        following.keep();
        EntityVectors vectors = vectors(trained, job, graph.graph().digest());
        Outcome outcome = served(job, KnowledgeEncoder.given(graph.linker(), vectors), vectors, () -> {
            shelf.finishTraining(id);
            give(job, id, vectors);
        });
        // One that was refused is of no use to anybody.
        shelf.dropTraining(id);
        return outcome;
    }

    private void give(Job job, GraphId id, EntityVectors vectors) {
        keeping(job, id, () -> shelf.give(id, vectors));
    }

    /** A graph that is defined again from now on forgets what it is given; one that already was is asked after. */
    private void keeping(Job job, GraphId id, Runnable keep) {
        requireSame(job, id);
        keep.run();
        if (!keeper.isThatOf(id, job.createdAt())) {
            shelf.remove(id);
            requireSame(job, id);
        }
    }

    private static void requireRoom(TrainingSettings settings, NumberedGraph graph) {
        long numbers = (long) graph.entities().size() * settings.model().entityWidth(settings.rank());
        if (numbers > MOST_NUMBERS) {
            throw new Refusal.Conflict("The vectors of " + graph.entities().size()
                    + " entities would take too much memory at this dimension; train at most " + MOST_NUMBERS
                    + " numbers.");
        }
    }

    /** What an earlier run of the job has kept of the same graph. */
    private Optional<TrainedGraph> begun(Job job, GraphId id, NumberedGraph numbered) {
        return read(shelf.training(id), algebra)
                .filter(kept -> kept.job().equals(job.id()))
                .filter(kept -> kept.graph().isSame(numbered));
    }

    /** A training that was kept; empty when there is none, or a damaged one. */
    static Optional<TrainedGraph> read(Optional<InputStream> kept, LinearAlgebra algebra) {
        return kept.flatMap(stream -> {
            try (InputStream in = stream) {
                return Optional.of(TrainedGraph.readFrom(in, algebra));
            } catch (IOException
                    | IllegalArgumentException
                    | IndexOutOfBoundsException
                    | NegativeArraySizeException damaged) {
                return Optional.empty();
            }
        });
    }

    /** Rows of unit length: how long a row has grown says how often its entity occurs, and not what it is. */
    private static EntityVectors vectors(TrainedGraph trained, Job job, String statements) {
        GraphVectors learnt = trained.training().vectors();
        int dimension = learnt.entities().columns();
        EntityVectorsBuilder builder = new EntityVectorsBuilder(dimension);
        for (int e = 0; e < trained.graph().entities().size(); e++) {
            float[] row = new float[dimension];
            double squares = 0;
            for (int k = 0; k < dimension; k++) {
                row[k] = learnt.entities().at(e, k);
                squares += (double) row[k] * row[k];
            }
            for (int k = 0; k < dimension && squares > 0; k++) {
                row[k] = (float) (row[k] / Math.sqrt(squares));
            }
            builder.add(trained.graph().entities().get(e), row);
        }
        return builder.build(new TrainedBy(job.id(), statements).source());
    }

    /**
     * Has a graph serve with other vectors if the gates of tasks let it; else it serves with those that it had.
     *
     * @param graph as it would be
     * @param keeping of the vectors
     */
    private Outcome served(Job job, KnowledgeEncoder graph, EntityVectors vectors, Runnable keeping) {
        JobGate.Ruling gates = gated.gate().of(job);
        if (!gated.admits().test(graph, gates)) {
            JsonText refused = new JsonText()
                    .put("promoted", false)
                    .put("reason", gates.objection().orElse("It was not admitted."));
            return new Outcome(gates.putTo(refused).toString(), true);
        }
        keeping.run();
        JsonText result = new JsonText()
                .put("revision", keeper.vectorsChanged(graph.graph().id()).toString())
                .put("vectors", vectors.rows())
                .put("dimension", vectors.dimension());
        return new Outcome(gates.putTo(result).toString(), true);
    }

    /** Tells and asks for a training, and keeps it now and then. */
    private final class Following implements TrainingListener {
        private final Job job;
        private final GraphId id;
        private final TrainedGraph trained;
        private final JobProgress progress;
        private long kept = System.nanoTime();
        private long keeping;

        Following(Job job, TrainedGraph trained, JobProgress progress) {
            this.job = job;
            this.id = new GraphId(job.subject());
            this.trained = trained;
            this.progress = progress;
        }

        @Override
        public boolean goesOn() {
            return progress.mayGoOn();
        }

        @Override
        public void epochEnded(EpochReport report) {
            requireSame(job, id);
            progress.report(
                    report.epoch(),
                    report.epochs(),
                    "loss " + String.format(java.util.Locale.ROOT, "%.4f", report.loss()));
            if (System.nanoTime() - kept > Math.max(LEAST_NANOS_BETWEEN_KEEPS, SHARE_OF_KEEPING * keeping)) {
                keep();
            }
        }

        void keep() {
            long began = System.nanoTime();
            shelf.keepTraining(id, trained::writeTo);
            kept = System.nanoTime();
            keeping = kept - began;
        }
    }

    @Override
    public void giveUp(Job job, byte[] payload) {
        discard(job, payload);
    }

    @Override
    public void abandon(Job job, byte[] payload) {
        discard(job, payload);
    }

    private void discard(Job job, byte[] payload) {
        GraphVectorsOrder order = GraphVectorsOrder.of(payload);
        if (order instanceof GraphVectorsOrder.Imported imported) {
            uploads.discard(imported.upload());
        } else if (order instanceof GraphVectorsOrder.Trained) {
            // At most one job of a graph is unfinished, so that it is that of no other.
            shelf.dropTraining(new GraphId(job.subject()));
        }
    }

    /**
     * Removes trainings that go on of these graphs without any unfinished job. Called once, before jobs are resumed.
     */
    public static void recover(VectorShelf shelf, Collection<GraphId> graphs, JobStore jobs) {
        Set<String> going = jobs.unfinished().stream()
                .filter(job -> job.kind().equals(KIND))
                .map(Job::subject)
                .collect(Collectors.toSet());
        graphs.stream().filter(graph -> !going.contains(graph.value())).forEach(shelf::dropTraining);
    }

    /** The file that unfinished work of this kind waits for. */
    static Optional<String> upload(byte[] payload) {
        return GraphVectorsOrder.of(payload) instanceof GraphVectorsOrder.Imported imported
                ? Optional.of(imported.upload())
                : Optional.empty();
    }
}
