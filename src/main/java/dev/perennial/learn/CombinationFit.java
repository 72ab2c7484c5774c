// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Combination;
import dev.perennial.ensemble.Part;
import dev.perennial.math.Matrix;
import dev.perennial.math.Platt;
import dev.perennial.math.Probabilities;
import dev.perennial.math.SimplexWeights;
import dev.perennial.math.Temperature;
import dev.perennial.member.View;
import dev.perennial.task.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Weights and calibration of an ensemble's voices, from what each says of examples that it never saw. */
final class CombinationFit {
    private static final double PSEUDO_COUNT = 1;
    private static final double POWER_STRENGTH = 5;
    private static final double SMALLEST_VARIANCE = 1e-4;

    /** A fitted voice before it has a weight. */
    record Voice(String name, View view, FittedHead fitted) {}

    /** A combination, and what it says of each held-out row had it not seen it. */
    record Fitted(Combination combination, List<double[]> heldOutAnswers) {}

    private final HeldOut heldOut;
    private final List<Voice> voices;

    CombinationFit(HeldOut heldOut, List<Voice> voices) {
        this.heldOut = heldOut;
        this.voices = voices;
    }

    Fitted fit(List<String> labels) {
        List<Platt> links = voices.stream()
                .map(voice -> heldOut.link(voice.fitted().heldOutScores()))
                .toList();
        List<List<double[]>> answers = new ArrayList<>();
        for (int h = 0; h < voices.size(); h++) {
            answers.add(answersOf(voices.get(h).fitted().heldOutScores(), links.get(h)));
        }
        double[] weights = weights(answers);
        List<Part> parts = new ArrayList<>();
        for (int h = 0; h < voices.size(); h++) {
            Voice voice = voices.get(h);
            parts.add(new Part(voice.name(), voice.view(), voice.fitted().head(), links.get(h), weights[h]));
        }
        Combination timid = new Combination(heldOut.kind(), labels, parts, 1, new double[0]);
        double power = power(timid, answers);
        Combination sharp = new Combination(heldOut.kind(), labels, parts, power, new double[0]);
        double[] strangeness = strangeness(combined(sharp, blockedOutAnswers(links)));
        return new Fitted(new Combination(heldOut.kind(), labels, parts, power, strangeness), combined(sharp, answers));
    }

    private List<double[]> answersOf(Matrix scores, Platt link) {
        List<double[]> answers = new ArrayList<>();
        for (int i = 0; i < heldOut.rows().size(); i++) {
            answers.add(heldOut.answer(scores, i, link));
        }
        return answers;
    }

    private List<List<double[]>> blockedOutAnswers(List<Platt> links) {
        List<List<double[]>> answers = new ArrayList<>();
        for (int h = 0; h < voices.size(); h++) {
            answers.add(answersOf(voices.get(h).fitted().blockedOutScores(), links.get(h)));
        }
        return answers;
    }

    private double[] weights(List<List<double[]>> answers) {
        double[][] likelihoods = answers.stream()
                .map(ofVoice -> heldOut.kind() == Kind.REGRESSION ? densities(ofVoice) : likelihoods(ofVoice))
                .toArray(double[][]::new);
        return SimplexWeights.fit(likelihoods, heldOut.weights(), PSEUDO_COUNT);
    }

    private double[] likelihoods(List<double[]> answers) {
        double[] likelihoods = new double[answers.size()];
        for (int i = 0; i < likelihoods.length; i++) {
            double[] target = heldOut.rows().get(i).target();
            double[] answer = answers.get(i);
            double log = 0;
            for (int c = 0; c < answer.length; c++) {
                if (heldOut.kind() == Kind.CLASSIFICATION) {
                    log += target[c] > 0.5 ? Math.log(Math.max(answer[c], 1e-12)) : 0;
                } else {
                    double p = target[c] > 0.5 ? answer[c] : 1 - answer[c];
                    log += Math.log(Math.max(p, 1e-12)) / answer.length;
                }
            }
            likelihoods[i] = Math.exp(log);
        }
        return likelihoods;
    }

    private double[] densities(List<double[]> answers) {
        double[] squared = new double[answers.size()];
        for (int i = 0; i < squared.length; i++) {
            Row row = heldOut.rows().get(i);
            double gap = answers.get(i)[0] - row.target()[0] - row.prior();
            squared[i] = gap * gap;
        }
        double variance =
                Math.max(SMALLEST_VARIANCE, Arrays.stream(squared).average().orElse(1));
        return Arrays.stream(squared)
                .map(gap -> Math.exp(-gap / (2 * variance)) / Math.sqrt(variance))
                .toArray();
    }

    private double power(Combination timid, List<List<double[]>> answers) {
        if (heldOut.kind() != Kind.CLASSIFICATION || heldOut.rows().isEmpty()) {
            return 1;
        }
        List<double[]> combined = combined(timid, answers);
        Matrix logarithms = Matrix.zeros(combined.size(), combined.get(0).length);
        for (int i = 0; i < combined.size(); i++) {
            logarithms.setRow(
                    i,
                    Arrays.stream(combined.get(i))
                            .map(p -> Math.log(Math.max(p, Double.MIN_NORMAL)))
                            .toArray());
        }
        return Temperature.fit(logarithms, heldOut.truth(), heldOut.weights(), 1, POWER_STRENGTH);
    }

    private List<double[]> combined(Combination combination, List<List<double[]>> answers) {
        List<double[]> combined = new ArrayList<>();
        for (int i = 0; i < heldOut.rows().size(); i++) {
            int row = i;
            List<double[]> ofRow =
                    answers.stream().map(ofVoice -> ofVoice.get(row)).toList();
            combined.add(combination.combined(ofRow, part -> true));
        }
        return combined;
    }

    private double[] strangeness(List<double[]> combined) {
        if (heldOut.kind() != Kind.CLASSIFICATION) {
            return new double[0];
        }
        double[] strangeness = new double[combined.size()];
        for (int i = 0; i < strangeness.length; i++) {
            strangeness[i] = 1
                    - combined.get(i)[Probabilities.argmax(heldOut.rows().get(i).target())];
        }
        Arrays.sort(strangeness);
        return strangeness;
    }
}
