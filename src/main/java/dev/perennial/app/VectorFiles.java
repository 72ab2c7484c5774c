// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.failpoint.Failpoint;
import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.VectorsFile;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refresh.VectorShelf;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The vectors of graphs, a file for each graph and use. Files appear whole or not at all; one that is mapped stays
 * readable when another takes its name. Thread-safe.
 */
final class VectorFiles implements VectorShelf {
    private static final Logger LOG = Logger.getLogger(VectorFiles.class);
    private static final int RETRY_AFTER_SECONDS = 30;
    private static final String GIVEN = "given";
    private static final String READER = "reader";
    private static final String TRAINING = "training";
    private static final String TRAINED = "trained";
    private static final String UNFINISHED = ".unfinished";
    private static final String SUFFIX = ".vectors";

    private final Path directory;
    private final KeptFiles kept;

    /**
     * @param directory exists, and holds nothing else
     * @param kept hears of those that cannot be made again, and of none that a training that goes on leaves
     */
    VectorFiles(Path directory, KeptFiles kept) {
        this.directory = directory;
        this.kept = kept;
    }

    @Override
    public Optional<EntityVectors> derived(GraphId graph, String use) {
        return read(file(graph, use));
    }

    @Override
    public EntityVectors keep(GraphId graph, String use, EntityVectors vectors) {
        try {
            VectorsFile.write(vectors, file(graph, use));
        } catch (IOException full) {
            LOG.warnf("The vectors of graph %s stay in memory, because they cannot be written", graph);
        }
        return read(file(graph, use))
                .filter(kept -> kept.digest().equals(vectors.digest()))
                .orElse(vectors);
    }

    @Override
    public Optional<EntityVectors> given(GraphId graph) {
        Path file = file(graph, GIVEN);
        Optional<EntityVectors> vectors = read(file);
        if (vectors.isEmpty() && Files.exists(file)) {
            LOG.errorf("The vectors that graph %s was given are damaged; give them again", graph);
        }
        return vectors;
    }

    @Override
    public void give(GraphId graph, EntityVectors vectors) {
        Path file = file(graph, GIVEN);
        Path unfinished = unfinished(file);
        try {
            VectorsFile.write(vectors, unfinished);
            kept.keeping(file, unfinished);
            Failpoint.VECTORS_WRITTEN.pass();
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw unavailable();
        }
    }

    @Override
    public void takeBack(GraphId graph) {
        delete(List.of(file(graph, GIVEN)));
    }

    @Override
    public Optional<String> reader(GraphId graph) {
        try {
            Path file = file(graph, READER);
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException failure) {
            throw unavailable();
        }
    }

    @Override
    public void readBy(GraphId graph, String member) {
        write(file(graph, READER), kept, out -> out.write(member.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Optional<InputStream> training(GraphId graph) {
        return stream(file(graph, TRAINING));
    }

    @Override
    public Optional<InputStream> trained(GraphId graph) {
        return stream(file(graph, TRAINED));
    }

    @Override
    public void finishTraining(GraphId graph) {
        try {
            kept.keeping(file(graph, TRAINED), file(graph, TRAINING));
            Files.move(
                    file(graph, TRAINING),
                    file(graph, TRAINED),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw unavailable();
        }
    }

    private static Optional<InputStream> stream(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.newInputStream(file)) : Optional.empty();
        } catch (IOException failure) {
            throw unavailable();
        }
    }

    @Override
    public void keepTraining(GraphId graph, Writer writer) {
        write(file(graph, TRAINING), KeptFiles.NONE, writer);
    }

    @Override
    public void dropTraining(GraphId graph) {
        delete(List.of(file(graph, TRAINING)));
    }

    private static void write(Path file, KeptFiles kept, Writer writer) {
        Path unfinished = unfinished(file);
        try {
            try (FileChannel channel = FileChannel.open(
                            unfinished,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING);
                    OutputStream out = Channels.newOutputStream(channel)) {
                writer.writeTo(out);
                channel.force(true);
            }
            kept.keeping(file, unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw unavailable();
        }
    }

    private static Path unfinished(Path file) {
        return file.resolveSibling(file.getFileName() + UNFINISHED);
    }

    @Override
    public void retain(List<GraphId> graphs) {
        Set<String> names = graphs.stream().map(GraphId::value).collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(directory)) {
            delete(files.filter(file -> !belongs(file.getFileName().toString(), names))
                    .toList());
        } catch (IOException failure) {
            throw unavailable();
        }
    }

    private static boolean belongs(String file, Set<String> graphs) {
        int dot = file.indexOf('.');
        return dot > 0 && graphs.contains(file.substring(0, dot)) && !file.endsWith(UNFINISHED);
    }

    @Override
    public void remove(GraphId graph) {
        try (Stream<Path> files = Files.list(directory)) {
            delete(files.filter(file -> file.getFileName().toString().startsWith(graph.value() + "."))
                    .toList());
        } catch (IOException failure) {
            throw unavailable();
        }
    }

    private Path file(GraphId graph, String use) {
        return directory.resolve(graph.value() + "." + use + SUFFIX);
    }

    private static Optional<EntityVectors> read(Path file) {
        try {
            return Files.exists(file) ? VectorsFile.read(file) : Optional.empty();
        } catch (IOException failure) {
            return Optional.empty();
        }
    }

    private void delete(List<Path> files) {
        kept.removing(files);
        try {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw unavailable();
        }
    }

    private static Refusal.StoreUnavailable unavailable() {
        return new Refusal.StoreUnavailable(
                "The directory of graph vectors cannot be read or written, or is full.", RETRY_AFTER_SECONDS);
    }
}
