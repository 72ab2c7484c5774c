// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.Encoded;
import dev.perennial.learn.FitSettings;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.School;
import dev.perennial.learn.Spreads;
import dev.perennial.math.Probabilities;
import dev.perennial.member.Features;
import dev.perennial.member.KernelHead;
import dev.perennial.member.Query;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryDerivedCache;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Explanations add up to the answers they explain. */
final class ExplanationTest {
    private static final String QUESTION = "the card was lost";
    private static final List<Teaching> FIVE = List.of(
            teaching("my card is lost", "card"),
            teaching("someone stole my card", "card"),
            weighted("block my card please", "card", 2.5),
            teaching("it is sunny today", "weather"),
            teaching("will it rain today", "weather"));

    private final School school = School.open(FitSettings.DEFAULT);

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void influences_andTheDescriptions_addUpToTheJointScore() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(FIVE);
        Explanation explanation = explain(QUESTION);
        KernelHead joint = (KernelHead) school.ensemble().parts().get(0).head();
        Features question = features(QUESTION);
        int winner = Probabilities.argmax(joint.scores(new Query(question)));
        double descriptions = 0;
        for (int i = FIVE.size(); i < joint.support().size(); i++) {
            descriptions += joint.kernel(question, joint.support().get(i))
                    * joint.coefficients().at(i, winner);
        }
        double influences = explanation.neighbours().stream()
                .mapToDouble(Explanation.Neighbour::influence)
                .sum();
        assertThat(explanation.neighbours()).hasSize(FIVE.size());
        assertThat(joint.support()).hasSize(FIVE.size() + 2);
        assertThat(influences + descriptions).isCloseTo(joint.scores(new Query(question))[winner], within(1e-9));
    }

    @Test
    void influences_onAScore_addUpToWhatWasLearntBeyondTheMiddle() {
        school.teacher().define(task(Kind.REGRESSION, InputKind.TEXT));
        school.teach(score("very good film", 5), score("good film indeed", 4), score("bad film", 0.3));
        KernelHead joint = (KernelHead) school.ensemble().parts().get(0).head();
        double influences = explain("a good film").neighbours().stream()
                .mapToDouble(Explanation.Neighbour::influence)
                .sum();
        assertThat(influences).isCloseTo(joint.scores(new Query(features("a good film")))[0], within(1e-9));
    }

    @Test
    void neighbours_areTheNearest_andNameWhatWasTaught() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(FIVE);
        List<Explanation.Neighbour> neighbours = explain("my card is lost").neighbours();
        assertThat(neighbours.get(0).text()).isEqualTo("my card is lost");
        assertThat(neighbours.get(0).labels()).containsExactly("card");
        assertThat(neighbours.get(0).similarity()).isCloseTo(1, within(1e-6));
        assertThat(neighbours.get(0).influence()).isPositive();
        assertThat(neighbours)
                .extracting(Explanation.Neighbour::similarity)
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }

    @Test
    void votes_areWhatEachPartSays_andTheirWeightsAddUpToOne() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(FIVE);
        List<Explanation.Vote> votes = explain(QUESTION).members();
        assertThat(votes).extracting(Explanation.Vote::member).containsExactly("joint", "a", "b");
        assertThat(votes.stream().mapToDouble(Explanation.Vote::weight).sum()).isCloseTo(1, within(1e-9));
        List<double[]> answers = school.ensemble().answers(encoded(QUESTION));
        for (int h = 0; h < votes.size(); h++) {
            int best = Probabilities.argmax(answers.get(h));
            assertThat(votes.get(h).probability()).hasValue(answers.get(h)[best]);
            assertThat(votes.get(h).label()).contains(school.ensemble().labels().get(best));
        }
    }

    @Test
    void without_isWhatTheOtherMemberSays() {
        school.teacher().define(task(Kind.REGRESSION, InputKind.TEXT));
        school.teach(score("very good film", 5), score("good film indeed", 4), score("bad film", 0.3));
        Explanation explanation = explain("a good film");
        assertThat(explanation.without())
                .extracting(Explanation.Without::member)
                .containsExactly("a", "b");
        assertThat(explanation.without().get(0).score().orElseThrow())
                .isCloseTo(explanation.members().get(2).score().orElseThrow(), within(1e-9));
        assertThat(explanation.without().get(1).score().orElseThrow())
                .isCloseTo(explanation.members().get(1).score().orElseThrow(), within(1e-9));
    }

    private Explanation explain(String text) {
        return school.predict(text).explanation().orElseThrow();
    }

    private Encoded encoded(String text) {
        return school.predictor()
                .encode(school.encoders().ready(), List.of(Input.of(new Text(text))))
                .get(0);
    }

    private Features features(String text) {
        return new Spreads(ReferenceSentences.read(), new MemoryDerivedCache())
                .featureMap(InputKind.TEXT, school.encoders().ready())
                .features(encoded(text));
    }

    private static Teaching weighted(String text, String label, double weight) {
        return new Teaching(Input.of(new Text(text)), new Answer.OneLabel(label), Optional.empty(), weight);
    }

    private static Teaching score(String text, double score) {
        return Teaching.of(Input.of(new Text(text)), new Answer.Score(score));
    }
}
