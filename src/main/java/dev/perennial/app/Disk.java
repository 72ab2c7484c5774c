// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.refresh.KeptFiles;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import dev.perennial.task.RevisionId;
import java.util.Optional;

/**
 * Where things are kept.
 *
 * @param kept hears of files that other processes need
 * @param answers where answers are kept that feedback can refer to
 * @param replica follows the process that makes the changes; empty where this one does
 */
record Disk(DataDirectory directory, KeptFiles kept, Database database, Database answers, Optional<Replica> replica) {

    boolean leads() {
        return replica.isEmpty();
    }

    /** Whether a change does not serve yet because it is not followed. */
    boolean isBehind(RevisionId revision) {
        return replica.filter(following -> following.isBehind(revision)).isPresent();
    }
}
