// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.KnowledgeStore.Imported;
import dev.perennial.knowledge.StatementReader;
import dev.perennial.knowledge.StoredGraph;
import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a file into a graph, of which nothing is seen before all of it is. Thread-safe.
 *
 * <p>Work that is begun again undoes what it had done; work that is cancelled leaves nothing. The id of the job is the
 * id of the import.
 */
public final class GraphImportJob implements JobWork {
    public static final String KIND = "graph-import";

    private static final String BYTES = "bytes";
    private static final String STATEMENTS = "statements";

    private final Graphs graphs;
    private final StatementReader reader;
    private final Uploads uploads;
    private final long mostStatements;

    /** @param mostStatements how many statements a graph may have */
    public GraphImportJob(Graphs graphs, StatementReader reader, Uploads uploads, long mostStatements) {
        this.graphs = graphs;
        this.reader = reader;
        this.uploads = uploads;
        this.mostStatements = mostStatements;
    }

    /** What to hand to {@link Jobs#accept}. Progress is in bytes of a file, and in statements where there is none. */
    public static Jobs.Order order(GraphId graph, GraphImport file) {
        String unit = file.upload().isPresent() ? BYTES : STATEMENTS;
        return new Jobs.Order(KIND, graph.value(), file.toBytes(), 0, unit);
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Undoes imports and removes files that belong to no unfinished job. Called once, before jobs are resumed. */
    public void recover(JobStore jobs) {
        Set<String> imports = new HashSet<>();
        Set<String> files = new HashSet<>();
        for (Job job : jobs.unfinished()) {
            if (job.kind().equals(KIND)) {
                imports.add(job.id());
                jobs.payload(job.id())
                        .flatMap(payload -> order(job, payload).upload())
                        .ifPresent(files::add);
            } else if (job.kind().equals(GraphVectorsJob.KIND)) {
                jobs.payload(job.id()).flatMap(GraphVectorsJob::upload).ifPresent(files::add);
            }
        }
        graphs.recover(imports);
        uploads.retain(files);
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        GraphImport order = order(job, payload);
        Optional<Imported> before = graphs.store().imported(job.id());
        Optional<Imported> imported = before.isPresent() ? before : imported(job, order, progress);
        order.upload().ifPresent(uploads::discard);
        return imported.map(one -> new Outcome(result(one), true))
                .orElseGet(() -> new Outcome(new ImportTally().json().toString(), false));
    }

    @Override
    public void abandon(Job job, byte[] payload) {
        order(job, payload).upload().ifPresent(uploads::discard);
    }

    @Override
    public void giveUp(Job job, byte[] payload) {
        graphs.undo(job.id());
        order(job, payload).upload().ifPresent(uploads::discard);
    }

    /** Empty when it was cancelled. */
    private Optional<Imported> imported(Job job, GraphImport order, JobProgress progress) {
        try {
            return read(job, order, progress);
        } catch (Refusal.NotFound removed) {
            throw new Refusal.Conflict("The graph was removed before the import was done; nothing was imported.");
        }
    }

    private Optional<Imported> read(Job job, GraphImport order, JobProgress progress) {
        GraphId graph = new GraphId(job.subject());
        graphs.undo(job.id());
        graphs.store().begin(job.id(), graph, order.provenance());
        long before = graphs.store().graph(graph).map(StoredGraph::statements).orElse(0L);
        ImportInput input = input(order);
        ImportSink sink = new ImportSink(
                new ImportSink.Destination(graphs.store(), job.id(), before, mostStatements, order.skipping()),
                progress,
                input);
        try (InputStream file = input) {
            reader.read(file, order.reading(), sink);
            sink.flush();
            String report = sink.tally().json().toString();
            Imported imported = graphs.finish(new Graphs.Ending(job.id(), graph, report, mostStatements));
            sink.reportAll();
            graphs.settle(graph);
            return Optional.of(imported);
        } catch (ImportSink.Cancelled cancelled) {
            graphs.undo(job.id());
            return Optional.empty();
        } catch (JobStopped stopped) {
            // Begun again, and undone before, when the service is.
            throw stopped;
        } catch (IOException unreadable) {
            throw new Refusal.StoreUnavailable("The upload cannot be read; check the disk of the data directory.", 1);
        }
    }

    private ImportInput input(GraphImport order) {
        return order.upload()
                .map(name -> new ImportInput(uploads.open(name), uploads.size(name)))
                .orElseGet(() -> new ImportInput(InputStream.nullInputStream(), 0));
    }

    private static String result(Imported imported) {
        return new JsonText()
                .put("revision", imported.revision().toString())
                .put("statements", imported.added())
                .put("repeated", imported.repeated())
                .putMembers(imported.report())
                .toString();
    }

    private static GraphImport order(Job job, byte[] payload) {
        return GraphImport.of(payload, "_:" + job.id() + "/");
    }
}
