// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import dev.perennial.refresh.AskedQuestions.Question;
import dev.perennial.refresh.TableRefit.Refitted;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * Learns the static member's table anew from a sample of questions. A text that a task holds as an example is left out,
 * so that the tasks' examples can judge. A text that is asked, learnt from, and only then taught and forgotten is not:
 * it stays in the sums that the table is, until the member goes back to the one that was built. Thread-safe.
 */
public final class StaticRefresher implements Refresher {
    /** Texts without which nothing can be learnt. */
    public static final int FEWEST_TEXTS = TableRefit.FEWEST;

    private final AskedQuestions sample;
    private final Encoders encoders;
    private final TaskStore store;
    private final ForkJoinPool pool;

    /**
     * @param encoders tell whether the teacher serves
     * @param pool the threads to learn on
     */
    public StaticRefresher(AskedQuestions sample, Encoders encoders, TaskStore store, ForkJoinPool pool) {
        this.sample = sample;
        this.encoders = encoders;
        this.store = store;
        this.pool = pool;
    }

    @Override
    public void requireEvidence() {
        if (encoders.find(sample.teacher()).isEmpty()) {
            throw new Refusal.Conflict("The static table's teacher, " + sample.teacher()
                    + ", does not serve, so no question can be sampled: add it to perennial.members.bundled"
                    + " and start again.");
        }
        if (sample.most() == 0) {
            throw new Refusal.Conflict(
                    "Questions are not sampled: set perennial.static.sample-size to a number of texts"
                            + " and start again; a refresh needs " + TableRefit.FEWEST + ".");
        }
        requireEnough(sample.size());
    }

    private static void requireEnough(int texts) {
        if (texts < TableRefit.FEWEST) {
            throw new Refusal.Conflict("A refresh needs a sample of " + TableRefit.FEWEST
                    + " different questions that were not taught as well; there are " + texts
                    + ". Ask again when more have come.");
        }
    }

    @Override
    public Candidate learn(Encoder serving, long seed) {
        Set<Long> taught = taught();
        List<Question> questions = sample.questions().stream()
                .filter(question -> !taught.contains(question.hash()))
                .toList();
        requireEnough(questions.size());
        Refitted refitted =
                pool.invoke(ForkJoinTask.adapt(() -> TableRefit.refit((TableEncoder) serving, questions, seed)));
        String report = new JsonText()
                .put("texts", refitted.learntFrom())
                .put("held_out", refitted.heldOut())
                .put("rows", refitted.rows())
                .put("cosine_before", refitted.cosineBefore())
                .put("cosine_after", refitted.cosineAfter())
                .toString();
        return new Candidate(refitted.candidate(), refitted.isNearer(), report);
    }

    /** Every text that some task holds. */
    private Set<Long> taught() {
        Set<Long> hashes = new HashSet<>();
        for (StoredTask stored : store.tasks()) {
            store.examples(stored.task().id()).forEach(example -> {
                var input = example.teaching().input();
                hashes.add(sample.hash(Passage.of(input.text().value())));
                input.textPair().ifPresent(second -> hashes.add(sample.hash(Passage.of(second.value()))));
            });
        }
        return hashes;
    }
}
