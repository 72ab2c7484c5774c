// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.adapt.MergeKind;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
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
 * @param texts without labels, that an encoder learns from besides
 */
public record RefreshOrder(
        Aim aim,
        String strategy,
        String objective,
        List<TaskId> tasks,
        Duration longest,
        long seed,
        MergeKind merge,
        List<Text> texts) {
    public static final String AUTO = "auto";

    /** How many lines come before the tasks. */
    private static final int FIXED = 6;

    private static final String MARK = "=";

    /** What for. */
    public enum Aim {
        LEARN,
        GO_BACK
    }

    public RefreshOrder {
        tasks = List.copyOf(tasks);
        texts = List.copyOf(texts);
    }

    /** One that merges as is usual. */
    public RefreshOrder(Aim aim, String strategy, String objective, List<TaskId> tasks, Duration longest, long seed) {
        this(aim, strategy, objective, tasks, longest, seed, MergeKind.LINE_MERGE, List.of());
    }

    /** Goes back to what was built, however long it takes. */
    public static RefreshOrder goBack() {
        return new RefreshOrder(Aim.GO_BACK, AUTO, AUTO, List.of(), Duration.ZERO, 0);
    }

    /** The same, with texts that have no label. */
    public RefreshOrder with(List<Text> unlabelled) {
        return new RefreshOrder(aim, strategy, objective, tasks, longest, seed, merge, unlabelled);
    }

    /**
     * The aim, the strategy, the objective, the time, the seed, the kind of merge, the tasks, and the texts, on a line
     * each; lines of texts begin with a mark that no task does, and have their words in Base64.
     */
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
                                        Stream.concat(
                                                tasks.stream().map(TaskId::value),
                                                texts.stream().map(RefreshOrder::line)))
                                .toList())
                .getBytes(StandardCharsets.UTF_8);
    }

    public static RefreshOrder of(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        return new RefreshOrder(
                Aim.valueOf(lines[0]),
                lines[1],
                lines[2],
                Arrays.stream(lines)
                        .skip(FIXED)
                        .filter(line -> !line.startsWith(MARK))
                        .map(TaskId::new)
                        .toList(),
                Duration.parse(lines[3]),
                Long.parseLong(lines[4]),
                MergeKind.of(lines[5]).orElseThrow(),
                Arrays.stream(lines)
                        .skip(FIXED)
                        .filter(line -> line.startsWith(MARK))
                        .map(RefreshOrder::text)
                        .toList());
    }

    private static String line(Text text) {
        return MARK + Base64.getEncoder().encodeToString(text.value().getBytes(StandardCharsets.UTF_8));
    }

    private static Text text(String line) {
        return new Text(new String(Base64.getDecoder().decode(line.substring(MARK.length())), StandardCharsets.UTF_8));
    }
}
