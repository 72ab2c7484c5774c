// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.Optional;

/** Port: which paths are a façade's, and in which dialect it tells failures. Safe for concurrent use. */
@FunctionalInterface
public interface Dialects {

    /** The dialect of a path; empty where failures are problems. */
    Optional<Dialect> of(String path);
}
