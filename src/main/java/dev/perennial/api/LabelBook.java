// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.task.Answer;
import dev.perennial.task.Teaching;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The labels of a task, and which new ones it takes: none that looks like another, and not too many. Not thread-safe.
 */
final class LabelBook {
    private static final Pattern OTHER_SEPARATORS = Pattern.compile("[;,/\\t]");

    private final Map<String, String> nameByFold = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final int most;

    /**
     * @param known the labels there are
     * @param most how many there may be
     */
    LabelBook(Collection<String> known, int most) {
        this.most = most;
        known.forEach(this::add);
    }

    /** Takes the labels of a teaching, or says why not, in the words of a rejected row. */
    Optional<String> admit(Teaching teaching) {
        List<String> labels = labelsOf(teaching.answer());
        Optional<String> flaw =
                labels.stream().map(this::flawIn).flatMap(Optional::stream).findFirst();
        if (flaw.isEmpty()) {
            labels.forEach(this::add);
        }
        return flaw;
    }

    /** Why a label cannot be one of this task's. */
    Optional<String> flawIn(String name) {
        if (names.contains(name)) {
            return Optional.empty();
        }
        if (nameByFold.containsKey(new LabelName(name).fold())) {
            return Optional.of("label looks like another label of this task but is written differently; "
                    + "use the spelling that the task has.");
        }
        if (joinsLabels(name)) {
            return Optional.of("label holds several labels of this task in one name; "
                    + "send them as several names, in CSV separated by |.");
        }
        return names.size() >= most
                ? Optional.of("label is new, and the task has the most labels it can have: " + most + ".")
                : Optional.empty();
    }

    /** Whether a new name is made of labels that there are, with what lists are written with elsewhere. */
    private boolean joinsLabels(String name) {
        String[] parts = OTHER_SEPARATORS.split(name, -1);
        return parts.length > 1
                && Arrays.stream(parts)
                        .map(String::strip)
                        .allMatch(part -> names.contains(part) || nameByFold.containsKey(new LabelName(part).fold()));
    }

    void add(String name) {
        names.add(name);
        nameByFold.putIfAbsent(new LabelName(name).fold(), name);
    }

    private static List<String> labelsOf(Answer answer) {
        if (answer instanceof Answer.OneLabel one) {
            return List.of(one.label());
        }
        return answer instanceof Answer.Labels many ? many.labels() : List.of();
    }
}
