// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.document.Document;
import dev.perennial.document.DocumentSource;
import dev.perennial.document.DocumentStore;
import dev.perennial.document.Draft;
import dev.perennial.document.EvaluationSet;
import dev.perennial.document.EvaluationSetId;
import dev.perennial.document.SourceId;
import dev.perennial.document.StoredSource;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent.Counts;
import dev.perennial.task.Idempotency;
import dev.perennial.task.RevisionId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Documents, their sources and evaluation sets in a {@link Database}. Thread-safe; holds nothing in memory. */
public final class SqlDocumentStore implements DocumentStore {
    private static final String SEARCHED = "searched_documents";

    private final Database database;
    private final InstantSource clock;

    public SqlDocumentStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public long lastChange() {
        return database.read(handle -> handle.createQuery("SELECT last_value FROM sequences WHERE name = :name")
                .bind("name", SEARCHED)
                .mapTo(long.class)
                .one());
    }

    @Override
    public long count() {
        return database.read(handle -> new SourceTable(handle).documents());
    }

    @Override
    public List<StoredSource> sources(String after, int limit) {
        return database.read(handle -> new SourceTable(handle).page(after, limit));
    }

    @Override
    public Optional<StoredSource> source(SourceId id) {
        return database.read(handle -> new SourceTable(handle).find(id));
    }

    @Override
    public Defined define(DocumentSource source) {
        return database.write(change -> {
            SourceTable sources = new SourceTable(change.handle());
            Optional<StoredSource> present = sources.find(source.id());
            if (present.isPresent() && present.get().source().equals(source)) {
                return new Defined(present.get(), false);
            }
            Instant now = now();
            RevisionId revision = change.revise(subject(source.id()), "define", now);
            StoredSource stored = present.map(
                            old -> new StoredSource(source, revision, old.createdAt(), old.documents()))
                    .orElseGet(() -> new StoredSource(source, revision, now, 0));
            sources.put(stored);
            return new Defined(stored, present.isEmpty());
        });
    }

    @Override
    public RevisionId remove(SourceId id) {
        return database.write(change -> {
            StoredSource source = requireSource(change.handle(), id);
            Counts counts = new Counts(0, source.documents());
            RevisionId revision = change.revise(subject(id), "remove", now(), counts);
            erase(change, new DocumentTable(change.handle()).numbers(id), revision);
            new SourceTable(change.handle()).delete(id);
            new ReplyTable(change.handle(), now()).dropOfSource(id);
            return revision;
        });
    }

    @Override
    public Added add(
            SourceId id,
            List<Draft> drafts,
            Optional<Idempotency> idempotency,
            Function<Added, Idempotency.Reply> reply) {
        return database.write(change -> {
            Instant now = now();
            ReplyTable replies = new ReplyTable(change.handle(), now);
            idempotency.ifPresent(replies::refuseRepeated);
            StoredSource source = requireSource(change.handle(), id);
            DraftPlan plan = new DraftPlan(
                    new DocumentTable(change.handle()).held(id, drafts), change.reserve("document", drafts.size()));
            drafts.forEach(plan::add);
            Added added = plan.changesNothing()
                    ? new Added(source.revision(), plan.rows(), List.of())
                    : carryOut(change, source, plan, now);
            idempotency.ifPresent(request -> replies.keep(new Idempotency.Entry(request, reply.apply(added)), now));
            return added;
        });
    }

    @Override
    public List<Document> documents(SourceId id, String after, int limit) {
        return after(after)
                .map(number -> database.read(handle -> new DocumentTable(handle).page(id, number, limit)))
                .orElse(List.of());
    }

    @Override
    public List<Document> documents(String after, int limit) {
        return after(after)
                .map(number -> database.read(handle -> new DocumentTable(handle).page(number, limit)))
                .orElse(List.of());
    }

    @Override
    public Map<String, Document> find(Collection<String> ids) {
        return database.read(handle -> new DocumentTable(handle)
                .find(DocumentId.numbers(ids)).stream().collect(Collectors.toMap(Document::id, document -> document)));
    }

    @Override
    public RevisionId remove(SourceId id, String documentId) {
        return database.write(change -> {
            StoredSource source = requireSource(change.handle(), id);
            List<Document> found = new DocumentTable(change.handle()).find(DocumentId.numbers(List.of(documentId)));
            if (found.isEmpty() || !found.get(0).source().equals(id)) {
                throw new Refusal.NotFound("document", documentId);
            }
            RevisionId revision = change.revise(subject(id), "remove-document", now(), new Counts(0, 1));
            erase(change, DocumentId.numbers(List.of(documentId)), revision);
            touch(change, source, revision, source.documents() - 1);
            return revision;
        });
    }

    @Override
    public List<EvaluationSet> evaluationSets() {
        return database.read(handle -> new EvaluationTable(handle).all());
    }

    @Override
    public Map<EvaluationSetId, long[]> evaluationWindows() {
        return database.read(handle -> new EvaluationTable(handle).windows());
    }

    @Override
    public Registered register(Registration registration, Collection<String> leaked) {
        return database.write(change -> {
            EvaluationTable sets = new EvaluationTable(change.handle());
            boolean created = sets.find(registration.id()).isEmpty();
            Instant now = now();
            RevisionId revision = change.revise("evaluation-texts/" + registration.id(), "define", now);
            sets.put(registration, revision, now);
            sets.mark(registration.id(), DocumentId.numbers(leaked));
            searchedChanged(change, revision);
            return new Registered(sets.find(registration.id()).orElseThrow(), created);
        });
    }

    @Override
    public RevisionId unregister(EvaluationSetId id) {
        return database.write(change -> {
            EvaluationTable sets = new EvaluationTable(change.handle());
            if (sets.find(id).isEmpty()) {
                throw new Refusal.NotFound("evaluation set", id.value());
            }
            RevisionId revision = change.revise("evaluation-texts/" + id, "remove", now());
            sets.delete(id);
            searchedChanged(change, revision);
            return revision;
        });
    }

    private static Added carryOut(Change change, StoredSource source, DraftPlan plan, Instant now) {
        SourceId id = source.source().id();
        Counts counts = new Counts(plan.additions().size(), plan.replaced().size());
        RevisionId revision = change.revise(subject(id), "add", now, counts);
        if (!plan.replaced().isEmpty()) {
            erase(change, plan.replaced(), revision);
        }
        new DocumentTable(change.handle()).insert(plan.additions(), id, revision, EpochMicros.of(now));
        long documents =
                source.documents() + plan.additions().size() - plan.replaced().size();
        touch(change, source, revision, documents);
        return new Added(
                revision,
                plan.rows(),
                plan.replaced().stream().map(DocumentId::of).toList());
    }

    private static void erase(Change change, Collection<Long> documents, RevisionId revision) {
        new DocumentTable(change.handle()).empty(documents, revision);
        searchedChanged(change, revision);
        change.erasesBytes(documents.size());
    }

    private static void touch(Change change, StoredSource source, RevisionId revision, long documents) {
        new SourceTable(change.handle())
                .put(new StoredSource(source.source(), revision, source.createdAt(), documents));
        searchedChanged(change, revision);
    }

    private static void searchedChanged(Change change, RevisionId revision) {
        change.handle()
                .createUpdate("UPDATE sequences SET last_value = :revision WHERE name = :name")
                .bind("revision", revision.number())
                .bind("name", SEARCHED)
                .execute();
    }

    /** A form that no task id has. */
    private static String subject(SourceId id) {
        return "sources/" + id;
    }

    private static StoredSource requireSource(Handle handle, SourceId id) {
        return new SourceTable(handle).find(id).orElseThrow(() -> new Refusal.NotFound("source", id.value()));
    }

    /** The number after which a page begins; empty for what no page ends with. */
    private static Optional<Long> after(String id) {
        OptionalLong number = id.isEmpty() ? OptionalLong.of(0) : DocumentId.parse(id);
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
