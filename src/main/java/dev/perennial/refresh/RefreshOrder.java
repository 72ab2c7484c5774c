// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a refresh is to do: learn a candidate, or go back to what was built.
 *
 * @param tasks judge a candidate; none: all do
 */
public record RefreshOrder(Aim aim, List<TaskId> tasks) {

    /** What for. */
    public enum Aim {
        LEARN,
        GO_BACK
    }

    public RefreshOrder {
        tasks = List.copyOf(tasks);
    }

    /** The aim and the tasks, on a line each. */
    byte[] toBytes() {
        return String.join(
                        "\n",
                        Stream.concat(Stream.of(aim.name()), tasks.stream().map(TaskId::value))
                                .toList())
                .getBytes(StandardCharsets.UTF_8);
    }

    static RefreshOrder of(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        return new RefreshOrder(
                Aim.valueOf(lines[0]),
                Arrays.stream(lines).skip(1).map(TaskId::new).toList());
    }
}
