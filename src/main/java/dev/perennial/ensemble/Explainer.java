// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.math.FixedPoint;
import dev.perennial.math.Probabilities;
import dev.perennial.member.Features;
import dev.perennial.member.Head;
import dev.perennial.member.Query;
import dev.perennial.member.View;
import dev.perennial.task.Answer;
import dev.perennial.task.Kind;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Says why an answer is what it is. */
record Explainer(Task task, Stage stage, List<Encoder> members) {
    private static final int NEIGHBOURS = 5;

    Explanation explain(List<double[]> answers, double[] answer, Features features, Recollection recollection) {
        if (answer.length == 0) {
            return new Explanation(List.of(), List.of(), List.of(), List.of());
        }
        int winner = Probabilities.argmax(answer);
        List<Explanation.Vote> votes = new ArrayList<>();
        for (int h = 0; h < stage.voices().parts().size(); h++) {
            Part part = stage.voices().parts().get(h);
            double[] own = answers.get(h);
            votes.add(new Explanation.Vote(part.name(), label(own), probability(own), score(own), part.weight()));
        }
        List<Explanation.Neighbour> neighbours = recollection.nearest(stage.members(), features, NEIGHBOURS).stream()
                .map(trace -> neighbour(trace, features, winner))
                .toList();
        return new Explanation(votes, neighbours, List.of(), without(answers));
    }

    private Explanation.Neighbour neighbour(Recollection.Trace trace, Features features, int winner) {
        Answer answer = trace.known().example().teaching().answer();
        List<String> labels = answer instanceof Answer.OneLabel one
                ? List.of(one.label())
                : answer instanceof Answer.Labels many ? many.labels() : List.of();
        OptionalDouble score =
                answer instanceof Answer.Score value ? OptionalDouble.of(value.score()) : OptionalDouble.empty();
        var input = trace.known().example().teaching().input();
        return new Explanation.Neighbour(
                trace.known().example().id(),
                input.text().value(),
                input.textPair().map(pair -> pair.value()),
                labels,
                score,
                1 - stage.members().squaredDistance(features, trace.features()),
                influence(trace, features, winner));
    }

    /**
     * What this example adds to the winner's score, for a score to what is beyond the prior: {@code k(x, x_i) w_i (y_i
     * - f(x_i)) / ridge}.
     */
    private double influence(Recollection.Trace trace, Features features, int winner) {
        Head head = stage.voices().parts().get(0).head();
        double learnt = FixedPoint.round(trace.target()[winner] - trace.prior());
        double residual = learnt - head.scores(new Query(trace.features()))[winner];
        return head.kernel(features, trace.features()) * trace.weight() * residual / head.ridge();
    }

    private List<Explanation.Without> without(List<double[]> answers) {
        List<Explanation.Without> all = new ArrayList<>();
        View read = stage.members();
        for (int m = read.first(); m < read.end() && read.size() > 1; m++) {
            View left = View.of(m);
            double[] rest = stage.voices()
                    .combined(
                            answers,
                            part -> part.view().size() == 1 && !part.view().includes(left));
            if (rest.length > 0 && !(members.get(m) instanceof AbsentMember)) {
                EncoderInfo info = members.get(m).info();
                boolean graph = info.reading() == EncoderInfo.Reading.KNOWLEDGE;
                all.add(new Explanation.Without(info.id(), graph, label(rest), probability(rest), score(rest)));
            }
        }
        return all;
    }

    private Optional<String> label(double[] answer) {
        return task.kind() == Kind.REGRESSION
                ? Optional.empty()
                : Optional.of(stage.voices().labels().get(Probabilities.argmax(answer)));
    }

    private OptionalDouble probability(double[] answer) {
        return task.kind() == Kind.REGRESSION
                ? OptionalDouble.empty()
                : OptionalDouble.of(answer[Probabilities.argmax(answer)]);
    }

    private OptionalDouble score(double[] answer) {
        if (task.kind() != Kind.REGRESSION) {
            return OptionalDouble.empty();
        }
        ScoreRange range = task.scoreRange().orElseThrow();
        return OptionalDouble.of(range.min() + answer[0] * range.width());
    }
}
