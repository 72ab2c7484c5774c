// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.math.FloatMatrix;
import dev.perennial.math.RowRegression;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Makes a static table of a teacher: one vector for each piece of its vocabulary, so that the mean over the pieces of a
 * text comes near the teacher's embedding of it.
 *
 * <p>Every piece begins with what the teacher says of it alone, less the more often it occurs (Model2Vec, van Dongen
 * and Tulkens 2024; the weight is that of Arora et al. 2017). Then all rows are regressed on the teacher's embeddings
 * of unlabelled texts. Deterministic for the same teacher, texts and processor.
 */
public final class StaticDistillation {
    /** To be increased whenever the same teacher and texts give another table. */
    public static final int RECIPE = 1;

    private static final double FREQUENT = 1e-3;
    private static final double RIDGE = 0.05;
    private static final int ITERATIONS = 25;
    private static final int AT_ONCE = 40;
    private static final long MATRICES = 6;

    /** More texts make it better slowly: a text of WordNet costs a small encoder two milliseconds of one core. */
    static final int TEXTS = 24_000;

    static final long SEED = 1;

    private final OnnxEncoder teacher;
    private final Progress progress;
    private final AtomicLong read = new AtomicLong();
    private volatile boolean stopped;

    private StaticDistillation(OnnxEncoder teacher, Progress progress) {
        this.teacher = teacher;
        this.progress = progress;
    }

    /** Told how far a distillation got, from any of its threads. */
    @FunctionalInterface
    public interface Progress {
        /** Told to nobody; goes on to the end. */
        Progress NONE = (read, all) -> true;

        /**
         * So many of all passages have been read by the teacher, pieces alone among them.
         *
         * @return whether to go on
         */
        boolean read(long read, long all);
    }

    /**
     * The table of a teacher, one row for each piece by id; empty when it was not to go on.
     *
     * <p>Helped by the other threads of the {@link java.util.concurrent.ForkJoinPool} that the caller belongs to, or of
     * the common one.
     */
    static Optional<FloatMatrix> distil(OnnxEncoder teacher, Path tokenizer, List<String> texts, Progress progress) {
        int pieces = pieces(tokenizer);
        StaticDistillation distillation = new StaticDistillation(teacher, progress);
        distillation.requireRoom(pieces);
        return distillation.distil(pieces, texts);
    }

    private static int pieces(Path tokenizer) {
        return (int) TokenizerScan.scan(tokenizer) + 1;
    }

    /**
     * Distils an encoder on texts that ship, into files of a folder.
     *
     * @param id of the static encoder
     * @param teacher that {@link OnnxRuntime} has opened
     * @param folder exists, and is given a table and a tokenizer; the teacher's {@code tokenizer.json} may be there
     *     already, if it is no longer where the teacher was opened from
     * @return what opens it; empty when it was not to go on
     */
    public static Optional<TableFolder> distil(String id, Encoder teacher, Path folder, Progress progress)
            throws IOException {
        OnnxEncoder exact = (OnnxEncoder) (teacher instanceof BothPrecisions both ? both.exact() : teacher);
        Path tokenizer = folder.resolve("tokenizer.json");
        if (!Files.exists(tokenizer)
                || !Sha256.of(tokenizer).equals(exact.source().tokenizerSha256())) {
            Files.copy(exact.source().tokenizer(), tokenizer, StandardCopyOption.REPLACE_EXISTING);
        }
        Path table = folder.resolve("static.table");
        int pieces = pieces(tokenizer);
        StaticDistillation distillation = new StaticDistillation(exact, progress);
        distillation.requireRoom(pieces);
        StaticTable.reserve(table, pieces, exact.info().dimension());
        Optional<FloatMatrix> made =
                distillation.distil(pieces, GlossCorpus.read().sample(TEXTS, SEED));
        if (made.isEmpty()) {
            return Optional.empty();
        }
        String sha256 = StaticTable.of(made.get()).write(table);
        return Optional.of(new TableFolder(
                id,
                exact.info().id(),
                table,
                tokenizer,
                sha256,
                exact.source().tokenizerSha256(),
                exact.source().prefix(),
                made.get().columns()));
    }

    private Optional<FloatMatrix> distil(int pieces, List<String> texts) {
        List<Passage> passages = texts.stream().map(Passage::of).toList();
        List<int[]> ids = passages.parallelStream()
                .map(passage -> content(teacher.tokenize(passage)))
                .toList();
        List<Integer> usable = IntStream.range(0, ids.size())
                .filter(i -> ids.get(i).length > 0)
                .boxed()
                .toList();
        List<int[]> means = usable.stream().map(ids::get).toList();
        long all = pieces + (long) usable.size();
        FloatMatrix prior = weighted(alone(pieces, all), means);
        FloatMatrix targets = embeddings(usable.stream().map(passages::get).toList(), all);
        return stopped
                ? Optional.empty()
                : Optional.of(new RowRegression(means, pieces, targets, RIDGE).fit(prior, ITERATIONS));
    }

    /** The regression holds some six matrices of the table's size; what serves beside it must not run out of memory. */
    private void requireRoom(int pieces) {
        long bytes = MATRICES * pieces * teacher.info().dimension() * Float.BYTES;
        long most = Runtime.getRuntime().maxMemory() / 2;
        if (bytes > most) {
            throw new Refusal.Conflict("The table of " + pieces + " rows takes " + (bytes >> 20)
                    + " MiB of the heap to be made, and at most " + (most >> 20)
                    + " may be used for that; start the service with a larger -Xmx.");
        }
    }

    /** The ids of a text without the marks at its ends. */
    static int[] content(TokenizedPassage passage) {
        return IntStream.range(1, passage.length() - 1)
                .map(i -> (int) passage.ids()[i])
                .toArray();
    }

    private FloatMatrix alone(int pieces, long all) {
        long[] marked = teacher.tokenize(Passage.of("a")).ids();
        List<TokenizedPassage> marks = IntStream.range(0, pieces)
                .mapToObj(piece -> new TokenizedPassage(
                        new long[] {marked[0], piece, marked[marked.length - 1]}, new long[3], false))
                .toList();
        FloatMatrix vectors = FloatMatrix.zeros(pieces, teacher.info().dimension());
        inBatches(pieces, all, (from, to) -> put(teacher.embed(marks.subList(from, to)), vectors, from));
        return vectors;
    }

    private FloatMatrix embeddings(List<Passage> passages, long all) {
        FloatMatrix vectors = FloatMatrix.zeros(passages.size(), teacher.info().dimension());
        inBatches(passages.size(), all, (from, to) -> {
            List<Embedding> embeddings = teacher.encode(passages.subList(from, to));
            put(embeddings.stream().map(Embedding::vector).toArray(float[][]::new), vectors, from);
        });
        return vectors;
    }

    private interface Batch {
        void read(int from, int to);
    }

    private void inBatches(int passages, long all, Batch batch) {
        IntStream.range(0, (passages + AT_ONCE - 1) / AT_ONCE).parallel().forEach(number -> {
            if (!stopped) {
                int from = number * AT_ONCE;
                int to = Math.min(passages, from + AT_ONCE);
                batch.read(from, to);
                if (!progress.read(read.addAndGet(to - (long) from), all)) {
                    stopped = true;
                }
            }
        });
    }

    private static void put(float[][] rows, FloatMatrix vectors, int from) {
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, vectors.data(), (from + i) * vectors.columns(), vectors.columns());
        }
    }

    /** Frequent pieces say little: each row is scaled by {@code a / (a + frequency)}. */
    private static FloatMatrix weighted(FloatMatrix rows, List<int[]> texts) {
        double[] counts = new double[rows.rows()];
        double total = 0;
        for (int[] text : texts) {
            for (int piece : text) {
                counts[piece]++;
            }
            total += text.length;
        }
        for (int piece = 0; piece < counts.length; piece++) {
            double scale = FREQUENT / (FREQUENT + counts[piece] / Math.max(1, total));
            for (int k = 0; k < rows.columns(); k++) {
                rows.data()[piece * rows.columns() + k] *= (float) scale;
            }
        }
        return rows;
    }
}
