// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What has changed in a {@link Database}, for a process that follows. Thread-safe; holds nothing in memory. */
public final class ChangeLog {
    private static final int MOST_AT_ONCE = 1_000;

    private final Database database;

    public ChangeLog(Database database) {
        this.database = database;
    }

    /**
     * How far a database has come.
     *
     * @param revision number of the last revision of anything
     * @param event number of the last audit event: whatever is done, one tells of it
     * @param artefact number of the last change of files that are kept
     * @param emptied how many rows were emptied, because what they held is erased
     */
    public record Position(long revision, long event, long artefact, long emptied) {}

    /**
     * What was done.
     *
     * @param event its number
     * @param kind of what it was done to, such as {@code task}
     * @param subject the name of that
     * @param revision that it made, if it made one
     * @param erases whether something that was taught may be gone
     */
    public record Entry(long event, String kind, String subject, OptionalLong revision, boolean erases) {}

    public Position position() {
        Map<String, Long> lastByName = new HashMap<>();
        database.read(handle -> handle.createQuery("SELECT name, last_value FROM sequences")
                        .map((row, context) -> Map.entry(row.getString("name"), row.getLong("last_value")))
                        .list())
                .forEach(sequence -> lastByName.put(sequence.getKey(), sequence.getValue()));
        return new Position(
                lastByName.getOrDefault("revision", 0L),
                lastByName.getOrDefault("audit", 0L),
                lastByName.getOrDefault("artefact", 0L),
                lastByName.getOrDefault("emptied", 0L));
    }

    /** The first things that were done after one, in their order; empty when there are none. */
    public List<Entry> after(long event) {
        return database.read(handle -> handle.createQuery("""
                        SELECT number, subject_kind, subject, revision, removed FROM audit_events
                        WHERE number > :after ORDER BY number LIMIT :most""")
                .bind("after", event)
                .bind("most", MOST_AT_ONCE)
                .map((row, context) -> {
                    long revision = row.getLong("revision");
                    return new Entry(
                            row.getLong("number"),
                            row.getString("subject_kind"),
                            row.getString("subject"),
                            row.wasNull() ? OptionalLong.empty() : OptionalLong.of(revision),
                            row.getLong("removed") > 0);
                })
                .list());
    }
}
