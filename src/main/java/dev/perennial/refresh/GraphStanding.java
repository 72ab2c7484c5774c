// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.util.Optional;

/**
 * How far a knowledge graph that serves is behind the one in the store.
 *
 * @param serves whether it serves at all: as it is now, or as it was when it could be read last
 * @param trouble the kind of failure that keeps it from being read; empty unless it is unreadable
 */
public record GraphStanding(State state, boolean serves, Optional<String> trouble) {

    /** Whether it has followed what has changed. */
    public enum State {
        /** It serves as it is in the store. */
        CURRENT,
        /** Something of it is being read. */
        FOLLOWING,
        /** It could not be read, and is tried again. */
        UNREADABLE
    }
}
