// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.List;

/**
 * Tasks that share adapted parameters, as far as matching is concerned.
 *
 * @param id of the group
 * @param instructions the distinct ones of all its tasks
 */
public record TaskGroup(String id, List<String> instructions) {
    public TaskGroup {
        instructions = List.copyOf(instructions);
        if (instructions.isEmpty()) {
            throw new IllegalArgumentException("a group without instructions");
        }
    }
}
