// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.Set;

/** Port: which methods a path takes. Safe for concurrent use. */
@FunctionalInterface
public interface AllowedMethods {

    /** The methods of a path, in order; none when nothing lives there. */
    Set<String> of(String path);
}
