// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Known;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.learn.Learner;
import dev.perennial.learn.Rehearsal;
import dev.perennial.task.Answer;
import dev.perennial.task.ScoreRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How right both sides are about the examples that were taught last, had they not seen them: by leaving out those that
 * they were learnt from, and as they answer the others. What only repeats a taught answer is asked of nobody.
 */
final class RecentAnswers {
    private final Paired<Ensemble> ensembles;
    private final Paired<Map<String, Learner.HeldOutAnswer>> heldOut;
    private final boolean areReadAlike;

    private RecentAnswers(Paired<Rehearsal> sides, int most) {
        this.ensembles = sides.map(Rehearsal::ensemble);
        this.heldOut = sides.map(side -> byExample(side.heldOut().apply(most)));
        this.areReadAlike = digests(ensembles.serving()).equals(digests(ensembles.candidate()));
    }

    /** @param most how many examples are asked at most; empty where none can be */
    static Optional<Paired<double[]>> of(Paired<Rehearsal> sides, int most) {
        return most == 0 ? Optional.empty() : new RecentAnswers(sides, most).rights(most);
    }

    private static Map<String, Learner.HeldOutAnswer> byExample(List<Learner.HeldOutAnswer> answers) {
        Map<String, Learner.HeldOutAnswer> byExample = new HashMap<>();
        answers.forEach(answer -> byExample.put(answer.known().example().id(), answer));
        return byExample;
    }

    private static List<String> digests(Ensemble ensemble) {
        return ensemble.members().stream().map(member -> member.info().digest()).toList();
    }

    private Optional<Paired<double[]>> rights(int most) {
        TreeSet<String> latest = new TreeSet<>(Collections.reverseOrder());
        latest.addAll(heldOut.serving().keySet());
        latest.addAll(heldOut.candidate().keySet());
        List<Paired<Double>> rights = new ArrayList<>();
        for (String example : latest) {
            Known known = Optional.ofNullable(heldOut.serving().get(example))
                    .or(() -> Optional.ofNullable(heldOut.candidate().get(example)))
                    .orElseThrow()
                    .known();
            OptionalDouble serving =
                    right(ensembles.serving(), heldOut.serving().get(example), known);
            OptionalDouble candidate =
                    right(ensembles.candidate(), heldOut.candidate().get(example), known);
            if (serving.isPresent() && candidate.isPresent()) {
                rights.add(new Paired<>(serving.getAsDouble(), candidate.getAsDouble()));
            }
            if (rights.size() == most) {
                break;
            }
        }
        return rights.isEmpty()
                ? Optional.empty()
                : Optional.of(new Paired<>(
                        rights.stream().mapToDouble(Paired::serving).toArray(),
                        rights.stream().mapToDouble(Paired::candidate).toArray()));
    }

    private OptionalDouble right(Ensemble ensemble, Learner.@Nullable HeldOutAnswer without, Known known) {
        Answer truth = known.example().teaching().answer();
        if (without != null) {
            return OptionalDouble.of(right(ensemble, truth, without.answer()));
        }
        boolean asked = areReadAlike
                && known.encoded().vectors().size() == ensemble.members().size()
                && !ensemble.remembers(known.example().teaching().input());
        return asked ? OptionalDouble.of(right(ensemble, truth, answer(ensemble, known))) : OptionalDouble.empty();
    }

    /** In the form of held-out answers. */
    private static double[] answer(Ensemble ensemble, Known known) {
        List<String> labels = ensemble.labels();
        PredictionRequest request = new PredictionRequest(
                List.of(known.example().teaching().input()), Math.max(1, labels.size()), Mode.FULL, false);
        Prediction prediction = ensemble.predict(known.example().teaching().input(), known.encoded(), request);
        if (prediction.score().isPresent()) {
            ScoreRange range = ensemble.task().scoreRange().orElseThrow();
            return new double[] {(prediction.score().getAsDouble() - range.min()) / range.width()};
        }
        double[] answer = new double[labels.size()];
        for (LabelProbability one : prediction.labels()) {
            answer[labels.indexOf(one.label())] = one.probability();
        }
        return answer;
    }

    private static double right(Ensemble ensemble, Answer truth, double[] answer) {
        return new HeadAnswers(ensemble.task(), ensemble.labels()).right(answer, truth);
    }
}
