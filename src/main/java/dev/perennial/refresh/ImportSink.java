// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.StatementSink;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.List;

/** Puts what is read into an open import, in small transactions, as long as there is room. Not thread-safe. */
final class ImportSink implements StatementSink {
    private static final int BATCH = 1_000;

    /** Words may be long: what waits in memory is bounded too. */
    private static final int BATCH_CHARS = 4_000_000;

    private static final int REPORTED_EVERY = 10_000;

    private final Destination target;
    private final JobProgress progress;
    private final ImportInput input;
    private final ImportTally tally = new ImportTally();
    private final List<Statement> batch = new ArrayList<>(BATCH);
    private int batchChars;
    private long read;
    private long added;
    private long reported;

    /**
     * Where statements go.
     *
     * @param importId an open import
     * @param before how many statements the graph had
     * @param most how many it may have
     * @param skipping whether faults are left out
     */
    record Destination(KnowledgeStore store, String importId, long before, long most, boolean skipping) {}

    /** The job was cancelled. */
    static final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cancelled() {
            super("cancelled", null, false, false);
        }
    }

    ImportSink(Destination target, JobProgress progress, ImportInput input) {
        this.target = target;
        this.progress = progress;
        this.input = input;
    }

    ImportTally tally() {
        return tally;
    }

    @Override
    public void accept(Statement statement) {
        batch.add(statement);
        batchChars += statement.entity().length() + statement.value().length();
        if (batch.size() >= BATCH || batchChars >= BATCH_CHARS) {
            flush();
        }
    }

    @Override
    public void fault(long line, String detail) {
        if (!target.skipping()) {
            String place = line > 0 ? "Line " + line : "The file";
            throw new Refusal.Invalid(
                    "", place + " " + detail + ". Nothing was imported; with on_error=skip such faults are left out.");
        }
        tally.add(line, detail);
        if (tally.skipped() % BATCH == 0) {
            requireWanted();
        }
    }

    /** Stores what waits. */
    void flush() {
        requireWanted();
        added += target.store().add(target.importId(), batch);
        read += batch.size();
        batch.clear();
        batchChars = 0;
        if (target.before() + added > target.most()) {
            throw new Refusal.TooLarge("graph_statements", target.most(), target.before() + added);
        }
        if (read - reported >= REPORTED_EVERY) {
            reported = read;
            say(Math.min(input.position(), input.size()), 0);
        }
    }

    /** Says that all was read. */
    void reportAll() {
        say(input.size(), read);
    }

    private void say(long bytes, long statements) {
        String left = tally.skipped() == 0 ? "" : ", " + tally.skipped() + " left out";
        String message = "statements: " + added + " new, " + (read - added) + " repeated" + left;
        if (input.hasSize()) {
            progress.report(bytes, input.size(), message);
        } else {
            progress.report(read, statements, message);
        }
    }

    private void requireWanted() {
        if (!progress.mayGoOn()) {
            throw new Cancelled();
        }
    }
}
