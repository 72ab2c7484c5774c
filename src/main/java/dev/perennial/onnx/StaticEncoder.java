// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * An encoder that does not read words in context: it looks each piece of a text up in a {@link StaticTable} and adds
 * the rows. About a thousand times as fast as the model that the table was made of. Thread-safe.
 */
final class StaticEncoder implements TableEncoder {
    /** Id of the encoder that ships. */
    static final String ID = "static";

    /** A text is read to its end up to some hundred thousand characters. */
    private static final int WINDOW = 16_384;

    private final EncoderInfo info;
    private final TableFolder source;
    private final PassageTokenizer tokenizer;
    private final StaticTable table;
    private final AtomicBoolean closed = new AtomicBoolean();

    private StaticEncoder(EncoderInfo info, TableFolder source, PassageTokenizer tokenizer, StaticTable table) {
        this.info = info;
        this.source = source;
        this.tokenizer = tokenizer;
        this.table = table;
    }

    /** Opens the encoder of files that hash to what they should. */
    static StaticEncoder open(TableFolder source) throws IOException {
        StaticTable table = StaticTable.map(source.table(), source.dimension());
        PassageTokenizer tokenizer = PassageTokenizer.open(source.tokenizer(), source.prefix(), WINDOW);
        return new StaticEncoder(info(table, source.tableSha256(), source), source, tokenizer, table);
    }

    private static EncoderInfo info(StaticTable table, String sha256, TableFolder source) {
        long parameters = (long) table.pieces() * table.dimension();
        return new EncoderInfo(
                EncoderInfo.Reading.STATIC,
                source.id(),
                Sha256.of(String.join("\n", "static 1", sha256, source.tokenizerSha256(), source.prefix())),
                table.dimension(),
                EncoderInfo.Pooling.MEAN,
                source.prefix(),
                WINDOW,
                "cpu",
                "fp32",
                parameters,
                parameters * Float.BYTES);
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public String teacher() {
        return source.teacher();
    }

    StaticTable table() {
        return table;
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        requireOpen();
        return passages.stream().map(this::embed).toList();
    }

    @Override
    public int[] pieces(Passage passage) {
        requireOpen();
        TokenizedPassage tokens = tokenizer.tokenize(passage);
        return IntStream.range(1, tokens.length() - 1)
                .map(i -> (int) tokens.ids()[i])
                .filter(piece -> piece < table.pieces())
                .toArray();
    }

    @Override
    public float[] row(int piece) {
        return table.row(piece);
    }

    /** It shares the tokenizer and is of no use after this one is closed. */
    @Override
    public StaticEncoder with(Map<Integer, float[]> rowByPiece) {
        StaticTable other = table.with(rowByPiece);
        return new StaticEncoder(info(other, other.sha256(), source), source, tokenizer, other);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("encoder " + info.id() + " is closed");
        }
    }

    private Embedding embed(Passage passage) {
        TokenizedPassage tokens = tokenizer.tokenize(passage);
        int end = tokens.length() - 1;
        float[] vector = end > 1 ? table.sum(tokens.ids(), 1, end) : new float[info.dimension()];
        if (!scale(vector)) {
            // A text of nothing that can be read, such as white space, is what its first mark is.
            vector = table.sum(tokens.ids(), 0, 1);
            scale(vector);
        }
        return new Embedding(vector, tokens.length(), tokens.truncated());
    }

    /** Makes the length 1; whether there is a direction. */
    private static boolean scale(float[] vector) {
        double squares = 0;
        for (float component : vector) {
            squares += (double) component * component;
        }
        if (squares == 0) {
            return false;
        }
        double norm = Math.sqrt(squares);
        for (int k = 0; k < vector.length; k++) {
            vector[k] = (float) (vector[k] / norm);
        }
        return true;
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            tokenizer.close();
        }
    }
}
