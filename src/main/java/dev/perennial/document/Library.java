// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.RevisionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The background documents: a store of them, the index that is derived from it, and the guard that keeps texts of
 * evaluation sets out.
 *
 * <p>A change is in the store before it is in the index; when the index cannot follow, it is brought up to date in the
 * background, and there is no search until it is. Documents that hold a text of an evaluation set that was registered
 * after them stay, marked, and are not searched. Safe for concurrent use; changes follow one another.
 */
public final class Library implements AutoCloseable {
    private static final int RETRY_AFTER_SECONDS = 5;
    private static final int DOCUMENTS_AT_ONCE = 200;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final DocumentStore store;
    private final DocumentIndex index;
    private final Bounds bounds;
    private final Upkeep upkeep = new Upkeep(this::bringUpToDate);
    /** Whether the index is open and holds what the store holds. */
    private volatile boolean current;

    /** This and the next member are guarded by this. */
    private Optional<LeakGuard> guard = Optional.empty();

    /** Whether documents that upkeep may have passed by are to be searched again. */
    private boolean passedBy;

    /**
     * How much there may be.
     *
     * @param documents of all sources
     * @param windows of all evaluation sets
     * @param patience how long a search waits for an index that is being brought up to date
     */
    public record Bounds(long documents, long windows, Duration patience) {}

    /**
     * What adding did.
     *
     * @param added what the store did with the drafts that may be kept
     * @param leaks by position of the draft, the evaluation sets of which it holds a text; those were not kept
     */
    public record Receipt(DocumentStore.Added added, Map<Integer, List<EvaluationSetId>> leaks) {
        public Receipt {
            leaks = Map.copyOf(leaks);
        }
    }

    /** A document that was found, with its source. */
    public record Finding(DocumentIndex.Hit hit, Document document, DocumentSource source) {}

    public Library(DocumentStore store, DocumentIndex index, Bounds bounds) {
        this.store = store;
        this.index = index;
        this.bounds = bounds;
    }

    /** Opens the index, and brings it up to date, in the background. */
    public void open() {
        upkeep.begin();
    }

    /** What is stored. Changes go through this class. */
    public DocumentStore store() {
        return store;
    }

    /** Creates a source, or replaces its definition. */
    public synchronized DocumentStore.Defined define(DocumentSource source) {
        return store.define(source);
    }

    /**
     * Adds documents, as {@link DocumentStore#add} does, but none that holds a text of an evaluation set.
     *
     * @throws Refusal.TooLarge when there would be too many, were they all new
     */
    public synchronized Receipt add(
            SourceId source,
            List<Draft> drafts,
            Optional<Idempotency> idempotency,
            Function<Receipt, Idempotency.Reply> reply) {
        LeakGuard present = guard();
        Map<Integer, List<EvaluationSetId>> leaks = new HashMap<>();
        IntStream.range(0, drafts.size()).forEach(i -> {
            List<EvaluationSetId> sets = present.leaksIn(drafts.get(i));
            if (!sets.isEmpty()) {
                leaks.put(i, sets);
            }
        });
        List<Draft> clear = IntStream.range(0, drafts.size())
                .filter(i -> !leaks.containsKey(i))
                .mapToObj(drafts::get)
                .toList();
        requireRoom(clear.size());
        DocumentStore.Added added =
                store.add(source, clear, idempotency, stored -> reply.apply(new Receipt(stored, leaks)));
        boolean changed = added.rows().stream().anyMatch(row -> row.fate() != DocumentStore.Fate.DUPLICATE);
        if (changed) {
            follow(added);
        }
        return new Receipt(added, leaks);
    }

    /** Removes a source with all its documents. */
    public synchronized RevisionId remove(SourceId source) {
        RevisionId revision = store.remove(source);
        followRemoval(() -> index.remove(source), true);
        return revision;
    }

    /** Removes a document. */
    public synchronized RevisionId remove(SourceId source, String documentId) {
        RevisionId revision = store.remove(source, documentId);
        followRemoval(() -> index.remove(List.of(documentId)), true);
        return revision;
    }

    /**
     * Registers the texts of an evaluation set, of which only hashes are kept, and marks the documents that hold one.
     *
     * @throws Refusal.TooLarge when there would be too many windows of words
     */
    public synchronized DocumentStore.Registered register(EvaluationSetId set, Collection<String> texts) {
        long[] windows = LeakGuard.windows(texts);
        Map<EvaluationSetId, long[]> all = new HashMap<>(store.evaluationWindows());
        boolean replaces = all.put(set, windows) != null;
        long total = all.values().stream().mapToLong(one -> one.length).sum();
        if (total > bounds.windows()) {
            throw new Refusal.TooLarge("evaluation_windows", bounds.windows(), total);
        }
        List<String> leaked = leaked(new LeakGuard(Map.of(set, windows)));
        DocumentStore.Registered registered =
                store.register(new DocumentStore.Registration(set, texts.size(), windows), leaked);
        guard = Optional.of(new LeakGuard(all));
        followRemoval(() -> index.remove(leaked), !replaces);
        if (replaces) {
            searchAgain();
        }
        return registered;
    }

    /** Forgets an evaluation set; documents that only it marked are searched again. */
    public synchronized RevisionId unregister(EvaluationSetId set) {
        RevisionId revision = store.unregister(set);
        guard = Optional.empty();
        searchAgain();
        return revision;
    }

    /**
     * The documents that fit best, best first. One that is removed while it is looked for is left out.
     *
     * @throws Refusal.NotReady while the index is brought up to date
     */
    public List<Finding> search(DocumentIndex.Query query) {
        await();
        List<DocumentIndex.Hit> hits = index.search(query);
        Map<String, Document> documents =
                store.find(hits.stream().map(DocumentIndex.Hit::documentId).toList());
        Map<SourceId, Optional<StoredSource>> sources = new HashMap<>();
        List<Finding> findings = new ArrayList<>();
        for (DocumentIndex.Hit hit : hits) {
            Optional.ofNullable(documents.get(hit.documentId()))
                    .flatMap(document -> sources.computeIfAbsent(document.source(), store::source)
                            .map(source -> new Finding(hit, document, source.source())))
                    .ifPresent(findings::add);
        }
        return findings;
    }

    /** Ends what goes on in the background, and closes the index. */
    @Override
    public void close() {
        upkeep.close();
        synchronized (this) {
            index.close();
        }
    }

    private synchronized LeakGuard guard() {
        LeakGuard present = guard.orElseGet(() -> new LeakGuard(store.evaluationWindows()));
        guard = Optional.of(present);
        return present;
    }

    private void requireRoom(int drafts) {
        long documents = store.count() + drafts;
        if (documents > bounds.documents()) {
            throw new Refusal.TooLarge("documents", bounds.documents(), documents);
        }
    }

    /** What was added and is there; a draft may have been replaced by a later one of the same request. */
    private List<Document> searched(DocumentStore.Added added) {
        List<String> ids = added.rows().stream()
                .filter(row -> row.fate() != DocumentStore.Fate.DUPLICATE)
                .map(DocumentStore.Row::documentId)
                .distinct()
                .toList();
        Map<String, Document> documents = store.find(ids);
        return ids.stream()
                .flatMap(id -> Optional.ofNullable(documents.get(id)).stream())
                .toList();
    }

    private List<String> leaked(LeakGuard one) {
        List<String> leaked = new ArrayList<>();
        String after = "";
        for (List<Document> page = store.documents(after, DOCUMENTS_AT_ONCE);
                !page.isEmpty();
                page = store.documents(after, DOCUMENTS_AT_ONCE)) {
            for (Document document : page) {
                if (!one.leaksIn(document.draft()).isEmpty()) {
                    leaked.add(document.id());
                }
                after = document.id();
            }
        }
        return leaked;
    }

    /** Additions are found later when the index cannot take them now; what they replace must not be. */
    private void follow(DocumentStore.Added added) {
        if (!added.replaced().isEmpty()) {
            followRemoval(() -> index.remove(added.replaced()), false);
        }
        if (current) {
            try {
                index.add(searched(added));
                index.commit(store.lastChange());
            } catch (RuntimeException refused) {
                fellBehind();
            }
        }
        // Otherwise upkeep, which goes by the order of adding, comes to them.
    }

    /** @param whole whether the index is then all that the store says it is */
    private void followRemoval(Runnable removal, boolean whole) {
        try {
            if (!index.serves()) {
                fellBehind();
                index.open();
            }
            removal.run();
            index.commit(current && whole ? store.lastChange() : DocumentIndex.NONE);
        } catch (RuntimeException refused) {
            fellBehind();
            throw new Refusal.StoreUnavailable(
                    "The removal is recorded, but words of what was removed may still be in the files of the index,"
                            + " which is being brought up to date.",
                    RETRY_AFTER_SECONDS);
        }
    }

    private void fellBehind() {
        current = false;
        upkeep.begin();
    }

    private void searchAgain() {
        passedBy = true;
        fellBehind();
    }

    private void await() {
        long deadline = System.nanoTime() + bounds.patience().toNanos();
        while (!current
                && System.nanoTime() < deadline
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        if (!current) {
            throw notReady();
        }
        if (!index.serves()) {
            fellBehind();
            throw notReady();
        }
    }

    /** In steps, so that changes get their turn in between. */
    private void bringUpToDate() {
        Optional<Set<String>> held = begun();
        if (held.isEmpty()) {
            return;
        }
        Set<String> unseen = new HashSet<>(held.get());
        Optional<String> after = Optional.of("");
        while (after.isPresent()) {
            if (upkeep.isClosed()) {
                return;
            }
            after = nextStep(after.get(), unseen);
        }
    }

    /** Opens the index; empty when there is nothing else to do, or the ids of what it holds. */
    private synchronized Optional<Set<String>> begun() {
        current = false;
        passedBy = false;
        index.open();
        if (index.revision() == store.lastChange()) {
            current = true;
            return Optional.empty();
        }
        return Optional.of(index.documents());
    }

    /** Brings some documents into the index; after the last one, removes what is no longer to be found. */
    private synchronized Optional<String> nextStep(String after, Set<String> unseen) {
        List<Document> page = store.documents(after, DOCUMENTS_AT_ONCE);
        if (page.isEmpty()) {
            index.remove(unseen);
            index.commit(passedBy ? DocumentIndex.NONE : store.lastChange());
            current = !passedBy;
            return Optional.empty();
        }
        index.add(page.stream()
                .filter(document -> document.leaks().isEmpty() && !unseen.remove(document.id()))
                .toList());
        return Optional.of(page.get(page.size() - 1).id());
    }

    private static Refusal.NotReady notReady() {
        return new Refusal.NotReady(
                "The index of documents is being brought up to date; try again.", RETRY_AFTER_SECONDS);
    }
}
