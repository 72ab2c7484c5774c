// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.Answering.Said;
import dev.perennial.evaluate.Answering.Voice;
import dev.perennial.evaluate.Evaluation.VoiceFigures;
import dev.perennial.math.Probabilities;
import dev.perennial.task.Answer;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.List;

/** How good each voice of an ensemble is by itself, without the policy and without memory. */
final class VoiceScores {
    /** From this probability on, one of several labels applies. */
    private static final double APPLIES = 0.5;

    private final Task task;
    private final List<String> labels;

    private VoiceScores(Task task, List<String> labels) {
        this.task = task;
        this.labels = labels;
    }

    static List<VoiceFigures> of(Answering answering, List<Teaching> rows, List<Said> said) {
        VoiceScores scores = new VoiceScores(answering.task(), answering.labels());
        List<Voice> voices = answering.voices();
        List<VoiceFigures> all = new ArrayList<>(voices.size());
        for (int v = 0; v < voices.size(); v++) {
            double right = 0;
            double loss = 0;
            for (int i = 0; i < rows.size(); i++) {
                double[] answer = said.get(i).byVoice().get(v);
                right += scores.right(answer, rows.get(i).answer()) / rows.size();
                loss += scores.loss(answer, rows.get(i).answer()) / rows.size();
            }
            all.add(new VoiceFigures(voices.get(v), right, loss));
        }
        return all;
    }

    private double right(double[] answer, Answer truth) {
        return switch (task.kind()) {
            case CLASSIFICATION -> {
                int best = Probabilities.argmax(answer);
                yield best >= 0 && labels.get(best).equals(RowOutcome.label(truth)) ? 1 : 0;
            }
            case MULTILABEL -> {
                double agreed = 0;
                for (int c = 0; c < answer.length; c++) {
                    agreed += (answer[c] >= APPLIES) == applies(c, truth) ? 1 : 0;
                }
                yield answer.length == 0 ? 0 : agreed / answer.length;
            }
            case REGRESSION -> 1 - Math.abs(answer[0] - scaled(truth));
        };
    }

    private double loss(double[] answer, Answer truth) {
        return switch (task.kind()) {
            case CLASSIFICATION -> {
                int label = labels.indexOf(RowOutcome.label(truth));
                yield Metrics.negativeLogLikelihood(new double[] {label < 0 ? 0 : answer[label]});
            }
            case MULTILABEL -> {
                double[] ofTruth = new double[answer.length];
                for (int c = 0; c < ofTruth.length; c++) {
                    ofTruth[c] = applies(c, truth) ? answer[c] : 1 - answer[c];
                }
                yield ofTruth.length == 0 ? 0 : Metrics.negativeLogLikelihood(ofTruth);
            }
            case REGRESSION -> {
                double off = answer[0] - scaled(truth);
                yield off * off;
            }
        };
    }

    private boolean applies(int label, Answer truth) {
        return RowOutcome.labels(truth).contains(labels.get(label));
    }

    private double scaled(Answer truth) {
        ScoreRange range = task.scoreRange().orElseThrow();
        return (range.clamp(RowOutcome.score(truth)) - range.min()) / range.width();
    }
}
