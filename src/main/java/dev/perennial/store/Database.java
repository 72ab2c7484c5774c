// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Transactions on a relational database. Safe for concurrent use.
 *
 * <p>Both kinds throw {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the database cannot be read or
 * written now. What the work itself throws comes out unchanged, after the transaction was rolled back.
 */
public interface Database extends AutoCloseable {

    /** Runs {@code work} on one consistent snapshot. */
    <T> T read(Function<Handle, T> work);

    /** Runs {@code work} alone and commits it to the disk; when this throws, nothing has changed. */
    <T> T write(Function<Change, T> work);

    /**
     * The same for what can be derived again: it is not forced to the disk. It outlives the process, however that ends;
     * a loss of power may undo it, as long as no other change has followed. Where another process makes the changes,
     * this is left to that one, and nothing happens.
     */
    void writeUnforced(Consumer<Change> work);

    /**
     * Writes what follows from something else that is stored. Where another process makes the changes, that one does
     * so, and nothing happens.
     *
     * @return what the work returns; empty where nothing happened
     */
    default <T> Optional<T> writeDerived(Function<Change, T> work) {
        return Optional.of(write(work));
    }

    /** Bytes that the database's files take, if it can be told. */
    OptionalLong sizeInBytes();

    /** Waits for changes in progress and closes every connection. Later calls are refused. */
    @Override
    void close();
}
