// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An encoder that does not read words in context: it looks each piece of a text up in a {@link StaticTable} and adds
 * the rows. About a thousand times as fast as the model that the table was made of. Thread-safe.
 */
final class StaticEncoder implements Encoder {
    private final EncoderInfo info;
    private final PassageTokenizer tokenizer;
    private final StaticTable table;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param table has a row for each id that the tokenizer gives */
    StaticEncoder(EncoderInfo info, PassageTokenizer tokenizer, StaticTable table) {
        this.info = info;
        this.tokenizer = tokenizer;
        this.table = table;
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        if (closed.get()) {
            throw new IllegalStateException("encoder " + info.id() + " is closed");
        }
        return passages.stream().map(this::embed).toList();
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
