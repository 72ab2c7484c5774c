// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.InputEncoding;
import dev.perennial.encode.Passage;
import dev.perennial.task.Input;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The texts of streams, with encoders that have read them. For one thread. */
final class StreamTexts implements AutoCloseable {
    /** By which the examples of a large set are drawn, and the same ones in every run. */
    private static final long DRAW = 0;

    /** Of these every text is read, because streams of their labels need all. */
    private static final Set<String> READ_WHOLE = Set.of("banking77", "clinc150");

    private final Path data;
    private final EncoderPool pool;
    private final CachedVectors vectors;
    private final List<RecalledEncoder> recalled;

    /** @param cache keeps vectors over runs */
    StreamTexts(Path data, Path cache, List<Encoder> encoders) {
        this.data = data;
        this.pool = new EncoderPool(Runtime.getRuntime().availableProcessors(), Integer.MAX_VALUE);
        Encoders ready = new Encoders(pool, encoders);
        this.vectors = new CachedVectors(ready, cache);
        this.recalled = ready.ready().stream().map(RecalledEncoder::new).toList();
    }

    /** The encoders, which need not read again what was drawn here. */
    List<? extends Encoder> encoders() {
        return recalled;
    }

    /**
     * Rows of a split in an order that was drawn once.
     *
     * @param most how many at most
     */
    List<Teaching> drawn(DataSet set, DataSet.Split split, int most) throws Exception {
        List<Teaching> all = split.read(data, set.kind());
        boolean whole = READ_WHOLE.contains(set.name());
        if (whole) {
            recall(split.file(), all);
        }
        List<Teaching> drawn = new ArrayList<>(all);
        Collections.shuffle(drawn, new Random(DRAW));
        drawn = drawn.subList(0, Math.min(most, drawn.size()));
        if (!whole) {
            recall(split.file() + "." + drawn.size() + "-drawn", drawn);
        }
        return List.copyOf(drawn);
    }

    private void recall(String name, List<Teaching> rows) throws Exception {
        List<Input> inputs = rows.stream().map(Teaching::input).toList();
        List<Encoded> encoded = vectors.of(name, inputs);
        for (int i = 0; i < inputs.size(); i++) {
            List<Passage> passages = passages(inputs.get(i));
            for (int m = 0; m < recalled.size(); m++) {
                float[] all = encoded.get(i).vectors().get(m);
                int dimension = all.length / passages.size();
                for (int p = 0; p < passages.size(); p++) {
                    recalled.get(m).tell(passages.get(p), Arrays.copyOfRange(all, p * dimension, (p + 1) * dimension));
                }
            }
        }
    }

    private static List<Passage> passages(Input input) {
        return input.textPair()
                .map(pair -> InputEncoding.passages(input.text().value(), pair.value()))
                .orElseGet(() -> InputEncoding.passages(input.text().value()));
    }

    @Override
    public void close() {
        pool.close();
    }
}
