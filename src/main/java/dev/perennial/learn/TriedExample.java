// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.AnswerCost;
import dev.perennial.ensemble.Known;
import dev.perennial.math.Probabilities;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * A held-out example of a trial.
 *
 * @param input key of its input, in hex
 * @param label that was taught; empty where there is not one
 * @param chars length of its text, or of both of a pair
 * @param cost of the answer (see {@link AnswerCost}); what it lacks of being right where there is no single label
 */
public record TriedExample(String input, String label, int chars, double cost) {

    static List<TriedExample> of(Fitting.Fit fit) {
        LessonRows rows = fit.rows();
        Task task = rows.lesson().task();
        List<double[]> answers = fit.fitted().blockedOutAnswers();
        double[] scores = fit.heldOut().scores(answers);
        List<TriedExample> tried = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            Known known = rows.taught().get(i);
            Input asked = known.example().teaching().input();
            String input = ContentKey.of(asked).hex();
            int chars = chars(asked);
            if (task.kind() == Kind.CLASSIFICATION) {
                int truth = Probabilities.argmax(fit.heldOut().rows().get(i).target());
                tried.add(new TriedExample(
                        input,
                        rows.labels().get(truth),
                        chars,
                        AnswerCost.of(task, rows.labels(), answers.get(i), truth)));
            } else {
                tried.add(new TriedExample(input, "", chars, 1 - scores[i]));
            }
        }
        return tried;
    }

    private static int chars(Input input) {
        return input.text().value().length()
                + input.textPair().map(pair -> pair.value().length()).orElse(0);
    }
}
