// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.adapt.MergeKind;
import dev.perennial.task.TaskId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a refresh is to do: learn a candidate, or go back to what was built.
 *
 * @param strategy how an encoder is adapted; {@link #AUTO}: by whatever way turns out best
 * @param objective what an encoder is adapted to; {@link #AUTO}: to what suits its tasks
 * @param tasks judge a candidate, and are what an encoder is adapted to; none: all of them judge
 * @param longest how long a candidate may be learnt and judged
 * @param seed chooses what is held out of learning
 * @param merge how an adapter that goes on learning is merged with what it was
 */
public record RefreshOrder(
        Aim aim, String strategy, String objective, List<TaskId> tasks, Duration longest, long seed, MergeKind merge) {
    public static final String AUTO = "auto";

    /** What for. */
    public enum Aim {
        LEARN,
        GO_BACK
    }

    public RefreshOrder {
        tasks = List.copyOf(tasks);
    }

    /** One that merges as is usual. */
    public RefreshOrder(Aim aim, String strategy, String objective, List<TaskId> tasks, Duration longest, long seed) {
        this(aim, strategy, objective, tasks, longest, seed, MergeKind.LINE_MERGE);
    }

    /** Goes back to what was built, however long it takes. */
    public static RefreshOrder goBack() {
        return new RefreshOrder(Aim.GO_BACK, AUTO, AUTO, List.of(), Duration.ZERO, 0);
    }

    /** The aim, the strategy, the objective, the time, the seed, the kind of merge, and the tasks, on a line each. */
    public byte[] toBytes() {
        return String.join(
                        "\n",
                        Stream.concat(
                                        Stream.of(
                                                aim.name(),
                                                strategy,
                                                objective,
                                                longest.toString(),
                                                Long.toString(seed),
                                                merge.key()),
                                        tasks.stream().map(TaskId::value))
                                .toList())
                .getBytes(StandardCharsets.UTF_8);
    }

    public static RefreshOrder of(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        return new RefreshOrder(
                Aim.valueOf(lines[0]),
                lines[1],
                lines[2],
                Arrays.stream(lines).skip(6).map(TaskId::new).toList(),
                Duration.parse(lines[3]),
                Long.parseLong(lines[4]),
                MergeKind.of(lines[5]).orElseThrow());
    }
}
