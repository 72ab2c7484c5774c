// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What both have said about the inputs of the latest predictions, so that feedback can judge both. Feedback judges a
 * prediction once, also one that is still being compared. Holds no text. Thread-safe.
 */
final class AnswerPairs {
    private static final int MOST = 4096;

    private final Map<String, Slot> slotByPrediction = new LinkedHashMap<>();

    /** Answers of both to one input. */
    record Pair(SaidAnswer serving, SaidAnswer candidate) {}

    /** Without pair, it is waited for; with what is right, feedback came before it. */
    private record Slot(@Nullable Pair pair, @Nullable Answer right) {}

    /** Notes that a prediction is going to be compared. */
    synchronized void expect(String prediction) {
        slotByPrediction.put(prediction, new Slot(null, null));
        if (slotByPrediction.size() > MOST) {
            slotByPrediction.remove(slotByPrediction.keySet().iterator().next());
        }
    }

    /** Forgets a prediction: it is not going to be compared, or is not to be judged. */
    synchronized void drop(String prediction) {
        slotByPrediction.remove(prediction);
    }

    /** Notes what both said, and gives what is right where feedback has said so already. */
    synchronized Optional<Answer> compared(String prediction, Pair pair) {
        Slot slot = slotByPrediction.get(prediction);
        if (slot == null) {
            return Optional.empty();
        }
        if (slot.right() != null) {
            slotByPrediction.remove(prediction);
            return Optional.of(slot.right());
        }
        slotByPrediction.put(prediction, new Slot(pair, null));
        return Optional.empty();
    }

    /**
     * What both said about an input of which feedback now says what is right; empty when that is not known, or not yet.
     */
    synchronized Optional<Pair> judged(String prediction, Answer right) {
        Slot slot = slotByPrediction.get(prediction);
        if (slot == null) {
            return Optional.empty();
        }
        if (slot.pair() == null) {
            slotByPrediction.put(prediction, new Slot(null, right));
            return Optional.empty();
        }
        slotByPrediction.remove(prediction);
        return Optional.of(slot.pair());
    }
}
