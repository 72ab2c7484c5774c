// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import dev.perennial.encode.ReadingObserver;
import dev.perennial.encode.TableEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A random sample of the different texts that a teacher has read in order to answer questions, in memory and bounded:
 * of each, which pieces it consists of and the teacher's vector. The text itself is not kept, nor the order of its
 * pieces; of a short text that is not much less. Thread-safe.
 *
 * <p>Those with the smallest hashes are kept, so that every text is as likely to be among them, however often it comes.
 */
public final class AskedQuestions implements ReadingObserver {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final String teacher;
    private final TableEncoder table;
    private final int most;
    private final long seed;
    private final TreeMap<Long, Question> byHash = new TreeMap<>();

    /**
     * @param teacher id of the encoder whose vectors are kept
     * @param table tells pieces
     * @param most how many texts are kept
     * @param seed of the choice
     */
    public AskedQuestions(String teacher, TableEncoder table, int most, long seed) {
        this.teacher = teacher;
        this.table = table;
        this.most = most;
        this.seed = seed;
    }

    /**
     * What is kept of a text.
     *
     * @param hash of its pieces in order, which depends on the seed
     * @param pieces in the order of their numbers, with repetitions; at least one
     * @param vector the teacher's
     * @param reader digest of the teacher, which may serve in two precisions
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Question(long hash, int[] pieces, float[] vector, String reader) {}

    @Override
    public void read(Encoder encoder, List<Passage> passages, List<Embedding> embeddings) {
        if (most == 0 || !encoder.info().id().equals(teacher)) {
            return;
        }
        for (int i = 0; i < passages.size(); i++) {
            Embedding embedding = embeddings.get(i);
            // The teacher has not read the end of a text that was cut, and of a pair it has read more than pieces.
            if (passages.get(i).second().isEmpty() && !embedding.truncated()) {
                int[] pieces = table.pieces(passages.get(i));
                if (pieces.length > 0) {
                    keep(pieces, embedding.vector(), encoder.info().digest());
                }
            }
        }
    }

    private void keep(int[] pieces, float[] vector, String reader) {
        long hash = hash(pieces);
        int[] sorted = pieces.clone();
        Arrays.sort(sorted);
        synchronized (this) {
            if (byHash.size() < most || hash < byHash.lastKey()) {
                byHash.put(hash, new Question(hash, sorted, vector, reader));
            }
            if (byHash.size() > most) {
                byHash.pollLastEntry();
            }
        }
    }

    /** How a text is known in the sample. */
    public long hash(Passage text) {
        return hash(table.pieces(text));
    }

    /** Every bit of every piece counts in every bit of the hash (the finish is that of SplitMix64). */
    private long hash(int[] pieces) {
        long hash = seed;
        for (int piece : pieces) {
            hash = (hash ^ piece) * MULTIPLIER;
            hash ^= hash >>> 32;
        }
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return hash ^ (hash >>> 31);
    }

    /** Id of the encoder whose vectors are kept. */
    public String teacher() {
        return teacher;
    }

    /** How many texts are kept at most; 0: none are. */
    public int most() {
        return most;
    }

    /**
     * What is kept now, in the order of hashes, which is random: of the precision in which the teacher has read most,
     * because vectors of two do not go together.
     */
    public List<Question> questions() {
        Map<String, List<Question>> byReader = new TreeMap<>();
        synchronized (this) {
            byHash.values()
                    .forEach(question -> byReader.computeIfAbsent(question.reader(), reader -> new ArrayList<>())
                            .add(question));
        }
        return byReader.values().stream()
                .max(Comparator.comparingInt(List::size))
                .orElse(List.of());
    }

    /** How many texts {@link #questions} are. */
    public int size() {
        return questions().size();
    }

    /** Keeps nothing of what came so far: a text was forgotten, and it may have been asked as well. */
    public synchronized void clear() {
        byHash.clear();
    }
}
