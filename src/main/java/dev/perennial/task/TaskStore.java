// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * The truth about tasks: definitions, examples, vectors and the sequence of revisions.
 *
 * <p>Every method that changes something is one transaction that is on disk when the method returns; when it throws,
 * nothing has changed. Safe for concurrent use. Throws {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the
 * store cannot be read or written now.
 */
public interface TaskStore extends QuarantineStore {

    /** What a change of a definition did. */
    record Defined(StoredTask task, boolean created) {}

    /** What forgetting did. */
    record Forgotten(RevisionId revision, Example example, long examplesTotal) {}

    /**
     * What taking back a source did.
     *
     * @param revision that it made; the task's present one when there was nothing
     * @param removed the examples that the task held, those that were set apart with them
     * @param examplesTotal number of the task's examples afterwards
     */
    record Undone(RevisionId revision, List<Example> removed, long examplesTotal) {}

    /** Number of the latest revision of any task; 0 in an empty store. */
    long latestRevision();

    /** All tasks, in the order of their ids. */
    List<StoredTask> tasks();

    /** At most {@code limit} tasks whose id is greater than {@code after} ({@code ""} for the first page). */
    List<StoredTask> tasks(String after, int limit);

    Optional<StoredTask> task(TaskId id);

    /** Creates the task, or replaces its definition and policy. Examples stay. */
    Defined define(Task task);

    /**
     * Takes a revision for a task whose answers change though nothing that was said of it does; empty when there is no
     * such task.
     */
    Optional<StoredTask> renew(TaskId id);

    /** Removes the task, its examples and their vectors for good. */
    Optional<RevisionId> remove(TaskId id);

    /**
     * Puts a whole task in the place of the one of its name, which goes for good as by {@link #remove}, or of none.
     *
     * @param idempotency stored with the reply in the same transaction
     * @param reply what to answer, given the task as it is then
     */
    StoredTask replace(WholeTask whole, Idempotency idempotency, Function<StoredTask, Idempotency.Reply> reply);

    /**
     * What is let go of a task.
     *
     * @param revisions how many
     * @param examples that are not taught any more and that no other revision needs
     */
    record Expiring(long revisions, List<Example> examples) {
        public static final Expiring NOTHING = new Expiring(0, List.of());

        public Expiring {
            examples = List.copyOf(examples);
        }
    }

    /**
     * What {@link #expire} would let go: revisions that ended before a time, as another one came after them, that no
     * name names and whose answers are not given.
     */
    Expiring expiring(TaskId id, Instant endedBefore);

    /** Lets it go: the examples are erased as by {@link #forget}, and the revisions cannot be gone back to any more. */
    void expire(TaskId id, Instant endedBefore);

    /** All examples of a task, in the order of teaching. */
    List<Example> examples(TaskId id);

    /** At most {@code limit} examples taught after the example {@code after} ({@code ""} for the first page). */
    List<Example> examples(TaskId id, String after, int limit);

    /** At most {@code limit} examples that a source taught, after the example {@code after}. */
    List<Example> examples(TaskId id, SourceName source, String after, int limit);

    /** All examples that a source taught, with those that are not taught any more and kept for earlier revisions. */
    List<Example> kept(TaskId id, SourceName source);

    /** How much each source has taught of what the task holds, by name; what nobody is named for comes first. */
    List<SourceShare> sources(TaskId id);

    Optional<Example> example(TaskId id, String exampleId);

    /** The same, of one that is not taught any more as well, as long as an earlier revision needs it. */
    Optional<Example> kept(TaskId id, String exampleId);

    /**
     * What is not taught any more, is kept for earlier revisions, has the external id and source of one of these
     * teachings, and is about another input: teaching them erases it.
     */
    List<Example> outdated(TaskId id, List<Teaching> teachings);

    /**
     * Refuses so many teachings where {@link #teach} would, because who asks may not teach as many today. Counts none,
     * so that it can be asked before something is undone for them.
     *
     * @throws dev.perennial.refusal.Refusal.QuotaExceeded when they are too many
     */
    void requireTeachable(int teachings);

    /**
     * Stores teachings with their vectors. A teaching with an external id replaces the example of that external id; one
     * without is a duplicate when an example without external id has the same {@link ContentKey}; both are reported,
     * not doubled, and both concern examples of the same source alone (see {@link TeachingIdentity}). Duplicates within
     * {@code teachings} are found too. What is replaced is kept for earlier revisions where it is about the same input,
     * and erased where it is not; so are {@link #outdated} ones.
     *
     * @param idempotency stored with the reply in the same transaction, when present
     * @param reply what to answer, given the outcome
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    TeachingOutcome teach(
            TaskId id,
            List<EncodedTeaching> teachings,
            Optional<Idempotency> idempotency,
            Function<TeachingOutcome, Idempotency.Reply> reply);

    /**
     * Erases an example, its text and its vectors, so that their bytes are no longer in the store's files; with it what
     * was said of the same input before, and is kept for earlier revisions.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task or example
     */
    Forgotten forget(TaskId id, String exampleId);

    /**
     * Erases all that a source ever taught a task, also what is kept for earlier revisions only, as {@link #forget}
     * does, in one revision; and nothing that another one taught. Makes no revision where there is nothing.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    Undone undo(TaskId id, SourceName source);

    /** The vectors of a member for a task's examples, by example id. Examples without such vectors are missing. */
    Map<String, float[]> vectors(TaskId id, String memberDigest);

    /** Adds vectors to examples that exist; other ids are ignored. */
    void putVectors(TaskId id, String memberDigest, Map<String, float[]> vectorByExample);

    /** Empties what all other members have left with a task: vectors of examples and of descriptions. */
    void retainVectors(TaskId id, Set<String> memberDigests);

    /** The vectors of a member for descriptions of a task's labels, by the digest of the text that was embedded. */
    Map<String, float[]> labelVectors(TaskId id, String memberDigest);

    /** Adds vectors of label descriptions; texts that have one already keep it. */
    void putLabelVectors(TaskId id, String memberDigest, Map<String, float[]> vectorByDigest);

    /** Removes the vectors of label descriptions, of every member, other than those of the given texts. */
    void retainLabelVectors(TaskId id, Set<String> digests);

    /** The reply kept for an idempotency key, if it has not expired. */
    Optional<Idempotency.Entry> reply(String idempotencyKey);

    /** Keeps a reply that belongs to no teaching. */
    void keepReply(Idempotency idempotency, Idempotency.Reply reply);

    /** Bytes that the store's files take, if it can be told. */
    OptionalLong sizeInBytes();
}
