// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Passage;
import dev.perennial.math.FloatMatrix;
import dev.perennial.math.RowRegression;
import java.util.List;
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

    private final OnnxRuntime runtime;

    /** @param runtime runs the teacher */
    public StaticDistillation(OnnxRuntime runtime) {
        this.runtime = runtime;
    }

    /** The table, one row for each piece by id. */
    public FloatMatrix distil(ModelFolder teacher, List<String> texts) {
        OnnxEncoder encoder = runtime.load(teacher);
        try {
            int pieces = (int) TokenizerScan.scan(teacher.tokenizer()) + 1;
            List<Passage> passages = texts.stream().map(Passage::of).toList();
            List<int[]> ids = passages.parallelStream()
                    .map(passage -> content(encoder.tokenize(passage)))
                    .toList();
            List<Integer> usable = IntStream.range(0, ids.size())
                    .filter(i -> ids.get(i).length > 0)
                    .boxed()
                    .toList();
            List<int[]> means = usable.stream().map(ids::get).toList();
            FloatMatrix prior = weighted(alone(encoder, pieces), means);
            FloatMatrix targets =
                    embeddings(encoder, usable.stream().map(passages::get).toList());
            return new RowRegression(means, pieces, targets, RIDGE).fit(prior, ITERATIONS);
        } finally {
            encoder.close();
        }
    }

    /** The ids of a text without the marks at its ends. */
    static int[] content(TokenizedPassage passage) {
        return IntStream.range(1, passage.length() - 1)
                .map(i -> (int) passage.ids()[i])
                .toArray();
    }

    private static FloatMatrix alone(OnnxEncoder encoder, int pieces) {
        long[] marked = encoder.tokenize(Passage.of("a")).ids();
        List<TokenizedPassage> all = IntStream.range(0, pieces)
                .mapToObj(piece -> new TokenizedPassage(
                        new long[] {marked[0], piece, marked[marked.length - 1]}, new long[3], false))
                .toList();
        FloatMatrix vectors = FloatMatrix.zeros(pieces, encoder.info().dimension());
        IntStream.range(0, (pieces + AT_ONCE - 1) / AT_ONCE).parallel().forEach(batch -> {
            int from = batch * AT_ONCE;
            put(encoder.embed(all.subList(from, Math.min(pieces, from + AT_ONCE))), vectors, from);
        });
        return vectors;
    }

    private static FloatMatrix embeddings(OnnxEncoder encoder, List<Passage> passages) {
        FloatMatrix vectors = FloatMatrix.zeros(passages.size(), encoder.info().dimension());
        IntStream.range(0, (passages.size() + AT_ONCE - 1) / AT_ONCE).parallel().forEach(batch -> {
            int from = batch * AT_ONCE;
            List<Embedding> embeddings =
                    encoder.encode(passages.subList(from, Math.min(passages.size(), from + AT_ONCE)));
            put(embeddings.stream().map(Embedding::vector).toArray(float[][]::new), vectors, from);
        });
        return vectors;
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
