// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.learn.TrainedAdapter;
import dev.perennial.learn.TrainingJob;
import dev.perennial.onnx.ChildProcess;
import dev.perennial.task.TaskId;
import dev.perennial.train.FileHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * What jobs have trained so far, so that they go on from there after a restart: for each job a folder with a checkpoint
 * or the outcome of every training, under its key ({@link dev.perennial.train.WorkKey}). Numbers, names of tasks and
 * hashes, but no text. All of it can be made anew: what is damaged or cannot be written costs that time, and nothing
 * fails. Thread-safe.
 */
final class UnfinishedTrainings {
    private static final Logger LOG = Logger.getLogger(UnfinishedTrainings.class);
    private static final Pattern JOB = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final String ABOUT = "about";
    private static final String CHECKPOINT = ".checkpoint";
    private static final String TRAINED = ".trained";
    private static final String UNFINISHED = ".part";

    private final Path directory;
    private final long mostBytes;

    /** Those that somebody may still have. */
    private final Set<Training> given = Collections.newSetFromMap(new WeakHashMap<>());

    /**
     * @param directory used by nothing else; created when something is kept
     * @param mostBytes of all files; what would be more is not kept
     */
    UnfinishedTrainings(Path directory, long mostBytes) {
        this.directory = directory;
        this.mostBytes = mostBytes;
    }

    /** What is kept of one training of a job. What the job had trained from other examples goes. */
    Training of(TrainingJob job, String key) {
        synchronized (this) {
            Path folder = folder(job.id());
            if (Files.exists(folder) && !about(folder).equals(Optional.of(about(job)))) {
                delete(folder);
            }
        }
        Training training = new Training(job, key);
        synchronized (this) {
            given.add(training);
        }
        return training;
    }

    private Path folder(String job) {
        if (!JOB.matcher(job).matches()) {
            throw new IllegalArgumentException("not the id of a job");
        }
        return directory.resolve(job);
    }

    /** A hash of what is learnt from, then the tasks. */
    private static List<String> about(TrainingJob job) {
        String inputs = String.join("\n", job.inputs().stream().sorted().toList());
        List<String> lines = new ArrayList<>(List.of(FileHash.of(inputs.getBytes(StandardCharsets.UTF_8))));
        job.tasks().stream().map(TaskId::value).sorted().forEach(lines::add);
        lines.add("");
        return lines;
    }

    /** Empty when that cannot be told. */
    private static Optional<List<String>> about(Path folder) {
        try {
            return Optional.of(Files.readAllLines(folder.resolve(ABOUT))).filter(lines -> !lines.isEmpty());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** A training of a job. */
    final class Training {
        private final TrainingJob job;
        private final String key;

        /** What it learns from may have been erased, or its job has ended: nothing of it is kept any more. */
        private boolean isOver;

        private Training(TrainingJob job, String key) {
            this.job = job;
            this.key = key;
        }

        private Path file(String kind) {
            return folder(job.id()).resolve(key + kind);
        }

        /** Its outcome, all of it from before a restart. */
        Optional<TrainedAdapter> outcome() {
            synchronized (UnfinishedTrainings.this) {
                try {
                    return Files.exists(file(TRAINED))
                            ? TrainedFile.read(key, Files.readAllBytes(file(TRAINED)))
                            : Optional.empty();
                } catch (IOException unreadable) {
                    return Optional.empty();
                }
            }
        }

        /** Copies where it was to another place; whether there is such a thing. */
        boolean copyCheckpoint(Path to) {
            synchronized (UnfinishedTrainings.this) {
                try {
                    if (Files.exists(file(CHECKPOINT))) {
                        Files.copy(file(CHECKPOINT), to);
                        return true;
                    }
                } catch (IOException unreadable) {
                    LOG.warn("What an adaptation has trained so far cannot be read; that training begins anew.");
                }
                return false;
            }
        }

        /** Takes in where it is, a whole file that was forced to the disk and is moved. */
        void keepCheckpoint(Path from) {
            keep(CHECKPOINT, () -> from);
        }

        /** Takes in what it gave. */
        void keep(TrainedAdapter trained) {
            Path part = file(TRAINED + UNFINISHED);
            keep(TRAINED, () -> {
                Files.write(part, TrainedFile.content(key, trained));
                Synced.file(part);
                return part;
            });
            dropCheckpoint();
        }

        private void keep(String kind, Making making) {
            synchronized (UnfinishedTrainings.this) {
                if (isOver) {
                    return;
                }
                try {
                    create(job);
                    Path made = making.file();
                    if (bytes() + Files.size(made) > mostBytes) {
                        Files.deleteIfExists(made);
                        return;
                    }
                    Files.move(made, file(kind), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                    Synced.directory(folder(job.id()));
                } catch (IOException | UncheckedIOException full) {
                    LOG.warn("What an adaptation has trained so far cannot be kept; a restart would begin it anew.");
                }
            }
        }

        /** Has it begin anew. */
        void dropCheckpoint() {
            synchronized (UnfinishedTrainings.this) {
                try {
                    Files.deleteIfExists(file(CHECKPOINT));
                } catch (IOException stays) {
                    LOG.warn("A checkpoint of an adaptation cannot be deleted; it goes when its job ends.");
                }
            }
        }
    }

    /** Makes a file. */
    private interface Making {
        Path file() throws IOException;
    }

    private void create(TrainingJob job) throws IOException {
        Path folder = folder(job.id());
        Files.createDirectories(directory);
        if (!Files.exists(folder)) {
            boolean posix = Files.getFileStore(directory).supportsFileAttributeView("posix");
            if (posix) {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(folder);
            }
            Synced.directory(directory);
        }
        Files.write(folder.resolve(ABOUT), about(job));
    }

    private long bytes() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    /** Deletes all of a job. */
    synchronized void end(String job) {
        given.stream().filter(training -> training.job.id().equals(job)).forEach(training -> training.isOver = true);
        delete(folder(job));
    }

    /** Deletes all of other jobs than these. */
    synchronized void endAllBut(Collection<String> jobs) {
        folders().stream()
                .filter(folder -> !jobs.contains(folder.getFileName().toString()))
                .forEach(UnfinishedTrainings::delete);
    }

    /** Deletes all of jobs that learn from a task, or do not tell from which. */
    synchronized void erased(TaskId task) {
        given.stream()
                .filter(training -> training.job.tasks().contains(task))
                .forEach(training -> training.isOver = true);
        folders().stream()
                .filter(folder -> about(folder)
                        // The last line is an empty mark that nothing of it is missing.
                        .filter(lines -> lines.get(lines.size() - 1).isEmpty() && !lines.contains(task.value()))
                        .isEmpty())
                .forEach(UnfinishedTrainings::delete);
    }

    private List<Path> folders() {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(directory)) {
            return folders.toList();
        } catch (IOException unreadable) {
            LOG.warn("What adaptations have trained so far cannot be listed.");
            return List.of();
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            ChildProcess.delete(folder);
        } catch (UncheckedIOException stays) {
            LOG.warn("What an adaptation has trained so far cannot be deleted; it goes at the next start.");
        }
    }
}
