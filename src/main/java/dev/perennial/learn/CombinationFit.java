// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Agreement;
import dev.perennial.ensemble.Combination;
import dev.perennial.ensemble.Ensemble;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Weights and calibration of an ensemble's voices, from what each says of examples that it never saw. */
final class CombinationFit {
    private static final double PSEUDO_COUNT = 1;
    private static final double POWER_STRENGTH = 5;
    private static final double SMALLEST_VARIANCE = 1e-4;

    /** A fitted voice before it has a weight. */
    record Voice(String name, View view, FittedHead fitted) {}

    /**
     * The ways to answer, and what they say of each held-out row.
     *
     * @param heldOutAnswers what all voices say together, had they not seen it
     * @param blockedOutAnswers the same, had they not seen its kin either
     * @param blockedOutByVoice what each says of that alone, by its name
     */
    record Fitted(
            Ensemble.Voices voices,
            List<double[]> heldOutAnswers,
            List<double[]> blockedOutAnswers,
            Map<String, List<double[]>> blockedOutByVoice) {}

    private final HeldOut heldOut;
    private final List<Voice> voices;

    CombinationFit(HeldOut heldOut, List<Voice> voices) {
        this.heldOut = heldOut;
        this.voices = voices;
    }

    /** @param whole the members of the full ensemble */
    Fitted fit(List<String> labels, View whole) {
        List<Platt> links = voices.stream()
                .map(voice -> heldOut.link(voice.fitted().heldOutScores()))
                .toList();
        List<List<double[]>> leftOut = new ArrayList<>();
        for (int h = 0; h < voices.size(); h++) {
            leftOut.add(answersOf(voices.get(h).fitted().heldOutScores(), links.get(h)));
        }
        Said said = new Said(links, leftOut, blockedOutAnswers(links, leftOut));
        Calibrated full = combination(labels, whole, said);
        int members = 1
                + voices.stream().mapToInt(voice -> voice.view().first()).max().orElseThrow();
        List<Calibrated> firsts = IntStream.range(1, Math.max(2, members))
                .mapToObj(count -> combination(labels, View.firsts(count), said))
                .toList();
        Ensemble.Voices fitted = new Ensemble.Voices(
                full.combination(),
                firsts.stream().map(Calibrated::combination).toList(),
                members == 1 ? Agreement.NONE : agreement(full, firsts));
        Map<String, List<double[]>> blockedOutByVoice = new HashMap<>();
        for (int h = 0; h < voices.size(); h++) {
            blockedOutByVoice.put(voices.get(h).name(), said.blockedOut().get(h));
        }
        return new Fitted(fitted, full.leftOut(), full.blockedOut(), blockedOutByVoice);
    }

    /** What each voice says of each held-out row: had it not seen it, and had it not seen its kin either. */
    private record Said(List<Platt> links, List<List<double[]>> leftOut, List<List<double[]>> blockedOut) {}

    /** A combination, and what it says of each held-out row. */
    private record Calibrated(Combination combination, List<double[]> leftOut, List<double[]> blockedOut) {}

    /** Of the voices that look at no other members; the full ensemble's one of all its members is among them. */
    private Calibrated combination(List<String> labels, View members, Said said) {
        List<Integer> chosen = IntStream.range(0, voices.size())
                .filter(h -> members.includes(voices.get(h).view()))
                .boxed()
                .toList();
        List<List<double[]>> leftOut = chosen.stream().map(said.leftOut()::get).toList();
        List<List<double[]>> blockedOut =
                chosen.stream().map(said.blockedOut()::get).toList();
        double[] weights = weights(leftOut);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            Voice voice = voices.get(chosen.get(i));
            Platt link = said.links().get(chosen.get(i));
            parts.add(new Part(voice.name(), voice.view(), voice.fitted().head(), link, weights[i]));
        }
        Combination combination = calibrated(labels, parts, leftOut, blockedOut);
        return new Calibrated(combination, combined(combination, leftOut), combined(combination, blockedOut));
    }

    /** Strangers are what a service is asked about, so kin do not count as evidence. */
    private Agreement agreement(Calibrated full, List<Calibrated> firsts) {
        return Agreement.of(
                heldOut.kind(), firsts.stream().map(Calibrated::blockedOut).toList(), full.blockedOut());
    }

    private Combination calibrated(
            List<String> labels, List<Part> parts, List<List<double[]>> answers, List<List<double[]>> blockedOut) {
        double power = power(new Combination(heldOut.kind(), labels, parts, 1, new double[0]), answers);
        Combination sharp = new Combination(heldOut.kind(), labels, parts, power, new double[0]);
        double[] strangeness = strangeness(combined(sharp, blockedOut));
        return new Combination(heldOut.kind(), labels, parts, power, strangeness);
    }

    private List<double[]> answersOf(Matrix scores, Platt link) {
        return IntStream.range(0, heldOut.rows().size())
                .parallel()
                .mapToObj(row -> heldOut.answer(scores, row, link))
                .toList();
    }

    private List<List<double[]>> blockedOutAnswers(List<Platt> links, List<List<double[]>> leftOut) {
        List<List<double[]>> answers = new ArrayList<>();
        for (int h = 0; h < voices.size(); h++) {
            FittedHead fitted = voices.get(h).fitted();
            answers.add(fitted.knowsNoKin() ? leftOut.get(h) : answersOf(fitted.blockedOutScores(), links.get(h)));
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
        return IntStream.range(0, heldOut.rows().size())
                .parallel()
                .mapToObj(row -> {
                    List<double[]> ofRow =
                            answers.stream().map(ofVoice -> ofVoice.get(row)).toList();
                    return combination.combined(ofRow, part -> true);
                })
                .toList();
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
