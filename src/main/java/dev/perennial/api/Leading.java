// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.TaskId;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which requests this process answers, and which the one that makes the changes. A process that leads answers all; one
 * that follows answers questions about texts, which take the time, and nothing else. Thread-safe.
 */
public final class Leading {
    private static final Pattern PREDICTIONS = Pattern.compile("/v1/tasks/([^/]+)/predictions");
    private static final String BY_INSTRUCTION = "/v1/predictions";
    private static final Set<String> OF_ANY_TASK =
            Set.of("/v1/embeddings", "/v1/similarity", "/v1/rerank", "/v1/limits");

    /**
     * What a process that follows knows of the one that leads.
     *
     * @param address where that takes requests; empty while nobody leads, or does not say
     * @param watched tasks whose answers are compared or held back, which the one that leads keeps the books of
     * @param holdsBack whether a task answers silently
     */
    public record Leader(Optional<String> address, Set<TaskId> watched, boolean holdsBack) {
        public Leader {
            watched = Set.copyOf(watched);
        }
    }

    private volatile Optional<Leader> leader = Optional.empty();
    private volatile long lag;

    /** This process follows another one. */
    public void follow(Leader known) {
        leader = Optional.of(known);
    }

    /** This process leads. */
    public void lead() {
        leader = Optional.empty();
        lag = 0;
    }

    /** So many changes are stored and not followed yet. */
    public void lag(long changes) {
        lag = changes;
    }

    /** How many changes are stored that this process does not answer by yet, as far as it knows. */
    public long lag() {
        return lag;
    }

    /** Whether another process makes the changes. */
    public boolean isFollowing() {
        return leader.isPresent();
    }

    /** The leader that has to answer a request; empty when this process does. */
    public Optional<Leader> answering(String path) {
        return leader.filter(known -> mayHandOn(path) && !isOwn(path, known));
    }

    /** Whether a leader may have to answer. Façades whose answers are of texts alone are not among what it may. */
    public static boolean mayHandOn(String path) {
        return path.startsWith("/v1/") || path.startsWith("/v2/models") || path.equals("/predict");
    }

    private static boolean isOwn(String path, Leader known) {
        Matcher predictions = PREDICTIONS.matcher(path);
        if (predictions.matches()) {
            String task = predictions.group(1);
            return !TaskId.isValid(task) || !known.watched().contains(new TaskId(task));
        }
        return OF_ANY_TASK.contains(path)
                || (path.equals(BY_INSTRUCTION) && known.watched().isEmpty() && !known.holdsBack());
    }
}
