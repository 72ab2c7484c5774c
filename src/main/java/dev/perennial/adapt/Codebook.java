// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.List;

/**
 * The instructions by which a group of tasks is compared with others.
 *
 * @param group its id
 * @param instructions distinct ones of its tasks
 */
public record Codebook(String group, List<String> instructions) {
    public Codebook {
        instructions = List.copyOf(instructions);
        if (instructions.isEmpty()) {
            throw new IllegalArgumentException("a group without instructions");
        }
    }
}
