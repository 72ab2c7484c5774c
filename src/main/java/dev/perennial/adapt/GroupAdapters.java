// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.List;

/** The adapters that serve groups of tasks. Safe for concurrent use. */
@FunctionalInterface
public interface GroupAdapters {
    /** Where nothing is adapted. */
    GroupAdapters NONE = group -> List.of();

    /** Those of a group, in the order in which they were made. */
    List<GroupAdapter> of(String group);
}
