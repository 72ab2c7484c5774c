// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a task is in its group.
 *
 * @param ground what decided
 * @param likenesses the group that each matcher found most alike, the deciding matcher's first; none where there was
 *     nothing to compare with
 */
public record Decision(Ground ground, List<Likeness> likenesses) {
    public Decision {
        likenesses = List.copyOf(likenesses);
    }

    /** What puts a task into a group, or opens one for it. */
    public enum Ground {
        /** There is nothing to compare. */
        NO_INSTRUCTION,
        /** There is nothing to compare with. */
        FIRST,
        /** Its instruction is one of the group's. */
        SAME_WORDS,
        /** Its instruction is near those of the group in meaning. */
        NEAR,
        /** No group is near enough. */
        FAR
    }

    /**
     * How alike a matcher found the group that it found most alike.
     *
     * @param matcher {@code embedding} or {@code tf-idf}
     * @param group the group, as it was before the task came
     * @param similarity of the task to it
     * @param threshold from which on the matcher takes them for alike
     */
    public record Likeness(String matcher, String group, double similarity, double threshold) {

        /** Whether the matcher would put the task there. */
        public boolean isAlike() {
            return similarity >= threshold;
        }
    }

    /** Whether the task came to a group that was there. */
    public boolean joined() {
        return ground == Ground.SAME_WORDS || ground == Ground.NEAR;
    }

    /** The group that the task was compared with before all others; empty when there was none. */
    public Optional<String> comparedWith() {
        return likenesses.stream().findFirst().map(Likeness::group);
    }

    /** The same in a sentence or two. */
    public String inWords() {
        return switch (ground) {
            case NO_INSTRUCTION -> "It has no instruction by which it could be compared, so it shares with no task.";
            case FIRST -> "No task that was defined before it has its kind, its kind of input and an instruction.";
            case SAME_WORDS -> "Its instruction is word for word one of the group's." + besides();
            case NEAR ->
                "Its instruction is near enough to those of the group in meaning (" + figures(0) + ")." + besides();
            case FAR ->
                "No group of its kind and kind of input is near enough in meaning: the nearest is "
                        + likenesses.get(0).group() + " (" + figures(0) + ")." + besides();
        };
    }

    /** What the matcher says that decides nothing. */
    private String besides() {
        Likeness other = likenesses.get(1);
        return " By words alone it would " + (other.isAlike() ? "belong to " : "not belong to ") + other.group() + " ("
                + figures(1) + "), which decides nothing.";
    }

    private String figures(int at) {
        Likeness likeness = likenesses.get(at);
        return String.format(Locale.ROOT, "%.3f, threshold %.3f", likeness.similarity(), likeness.threshold());
    }
}
