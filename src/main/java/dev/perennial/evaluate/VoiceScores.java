// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.Answering.Said;
import dev.perennial.evaluate.Answering.Voice;
import dev.perennial.evaluate.Evaluation.VoiceFigures;
import dev.perennial.task.Answer;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.List;

/** How good each voice of an ensemble is by itself, without the policy and without memory. */
final class VoiceScores {
    private final HeadAnswers answers;

    private VoiceScores(HeadAnswers answers) {
        this.answers = answers;
    }

    static List<VoiceFigures> of(Answering answering, List<Teaching> rows, List<Said> said) {
        VoiceScores scores = new VoiceScores(new HeadAnswers(answering.task(), answering.labels()));
        List<Voice> voices = answering.voices();
        List<VoiceFigures> all = new ArrayList<>(voices.size());
        for (int v = 0; v < voices.size(); v++) {
            double right = 0;
            double loss = 0;
            for (int i = 0; i < rows.size(); i++) {
                double[] answer = said.get(i).byVoice().get(v);
                right += scores.answers.right(answer, rows.get(i).answer()) / rows.size();
                loss += scores.loss(answer, rows.get(i).answer()) / rows.size();
            }
            all.add(new VoiceFigures(voices.get(v), right, loss));
        }
        return all;
    }

    private double loss(double[] answer, Answer truth) {
        return switch (answers.task().kind()) {
            case CLASSIFICATION -> {
                int label = answers.labels().indexOf(RowOutcome.label(truth));
                yield Metrics.negativeLogLikelihood(new double[] {label < 0 ? 0 : answer[label]});
            }
            case MULTILABEL -> {
                double[] ofTruth = new double[answer.length];
                for (int c = 0; c < ofTruth.length; c++) {
                    ofTruth[c] = answers.applies(c, truth) ? answer[c] : 1 - answer[c];
                }
                yield ofTruth.length == 0 ? 0 : Metrics.negativeLogLikelihood(ofTruth);
            }
            case REGRESSION -> {
                double off = answer[0] - answers.scaled(truth);
                yield off * off;
            }
        };
    }
}
