// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.task.Input;
import dev.perennial.task.Task;
import java.util.List;
import java.util.Map;

/** What is measured: whoever answers a task, serving or not. */
public interface Answering {

    /** The question, and the policy by which its answers cost. */
    Task task();

    /** Names of all labels it can answer; empty for regression. */
    List<String> labels();

    /** Each voice that can answer by itself, and its share in the whole; may be empty. */
    List<Voice> voices();

    /**
     * What is said of each input, in their order.
     *
     * @throws dev.perennial.refusal.Refusal.Saturated when there is too much to do; nothing was answered
     */
    List<Said> answers(List<Input> inputs);

    /** Answers one input as a client would be answered, for as long as that takes. */
    Prediction answer(Input input, Mode mode);

    /** Whether something was taught about exactly this input, so that its answer is memory. */
    boolean remembers(Input input);

    /** Bytes of the models that a mode may ask. */
    long bytes(Mode mode);

    /**
     * One that can answer by itself.
     *
     * @param name id of a member, or {@code joint} for what sees all of them
     * @param weight its share in the combination, in [0, 1]
     */
    record Voice(String name, double weight) {}

    /**
     * What is said of one input.
     *
     * @param byMode the answer of each mode, with the probabilities of all labels
     * @param byVoice what each voice says: probabilities of the labels, or a score in [0, 1]
     */
    record Said(Map<Mode, Prediction> byMode, List<double[]> byVoice) {
        public Said {
            byMode = Map.copyOf(byMode);
            byVoice = List.copyOf(byVoice);
        }

        /** The answer of a mode. */
        public Prediction by(Mode mode) {
            Prediction prediction = byMode.get(mode);
            if (prediction == null) {
                throw new IllegalStateException("nothing was said in mode " + mode);
            }
            return prediction;
        }
    }
}
