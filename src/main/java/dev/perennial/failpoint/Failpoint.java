// SPDX-License-Identifier: Apache-2.0
package dev.perennial.failpoint;

/**
 * A moment between two steps of which the disk may see the first alone. A process that is started with
 * {@code -Ddev.perennial.failpoint=NAME} ends there as {@code kill -9} would end it; any other passes. The property is
 * none of the configuration, so that no file, no variable of the environment and no request sets it.
 */
public enum Failpoint {
    /** A teaching is written, and its transaction has not ended. */
    TEACHING_WRITTEN,
    /** A teaching is on disk, and nobody has learnt it or been told. */
    TEACHING_COMMITTED,
    /** What an example was is gone from the tables, and still in the log of the database. */
    ERASURE_COMMITTED,
    /** A head is learnt, and nothing is recorded of it, and it answers nobody yet. */
    HEAD_LEARNT,
    /** Another revision is on disk as the one that serves, and answers nobody yet. */
    ALIAS_MOVED,
    /** An adapter is written, and has not got its name. */
    ADAPTER_WRITTEN,
    /** An adapter has its name, and serves nobody yet. */
    ADAPTER_KEPT,
    /** A refreshed table is written, and nothing says what it is for. */
    TABLE_WRITTEN,
    /** A refreshed table serves, and the next start would not find it. */
    TABLE_UNCONFIRMED,
    /** A registered encoder serves, and the next start would not find it. */
    MEMBER_UNCONFIRMED,
    /** The vectors of a graph are written, and have not got their name. */
    VECTORS_WRITTEN,
    /** An export is written, and has not got its name. */
    EXPORT_WRITTEN,
    /** One task of an import is in its place, and the next one is not. */
    IMPORT_STEP_DONE,
    /** Long work is accepted, and nobody has begun it or been told. */
    JOB_ACCEPTED,
    /** The right to make changes is this process's, and it has made none. */
    LEASE_TAKEN;

    private static final String CHOSEN = System.getProperty("dev.perennial.failpoint", "");
    private static final int STATUS_OF_KILLED = 137;

    /** Goes on; in a process that is to end here, ends it at once. */
    public void pass() {
        if (name().equals(CHOSEN)) {
            Runtime.getRuntime().halt(STATUS_OF_KILLED);
        }
    }
}
