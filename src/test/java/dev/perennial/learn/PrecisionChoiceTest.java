// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.Prediction;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A task chooses by its own examples whether its encoders are rounded to bytes. */
final class PrecisionChoiceTest {
    private static final long SEED = Long.getLong("perennial.seed", 5);

    /** With none that differs, 299 is the fewest that say anything about one in a hundred. */
    private static final int ENOUGH = 310;

    private final List<School> schools = new ArrayList<>();

    @AfterEach
    void close() {
        schools.forEach(School::close);
    }

    /** @param kernelRows examples beyond which heads are learnt over random features */
    private School school(int kernelRows, List<Encoder> members) {
        FitSettings settings =
                new FitSettings(kernelRows, 128, 64, 64, 400, List.of(1.0), List.of(0.1), List.of(0.01), 0.25);
        School school = School.open(settings, members);
        schools.add(school);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        return school;
    }

    private School school(List<Encoder> members) {
        return school(12, members);
    }

    private static List<Encoder> alike() {
        return List.of(FakeEncoder.inBothPrecisions("a", "a"), FakeEncoder.inBothPrecisions("b", "b"));
    }

    private static List<Encoder> unlike() {
        return List.of(FakeEncoder.inBothPrecisions("a", "c"), FakeEncoder.inBothPrecisions("b", "d"));
    }

    /** Some of them hard enough that encoders which see differently answer them differently. */
    private static List<Teaching> teachings(int count) {
        Random random = new Random(SEED);
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int label = i % 3;
            String word = random.nextInt(4) == 0 ? "noise" + random.nextInt(9) : "topic" + label;
            teachings.add(School.teaching(word + " and " + random.nextInt(1 << 20), "label" + label));
        }
        return teachings;
    }

    private static List<String> precisions(School school) {
        return school.ensemble().members().stream()
                .map(member -> member.info().precision())
                .toList();
    }

    @ParameterizedTest(name = "{0} rows in kernel form")
    @ValueSource(ints = {12, 2000})
    void whereAnswersStayTheSame_bytesServe_underTheSameIds(int kernelRows) {
        School school = school(kernelRows, alike());
        school.teach(teachings(ENOUGH));
        assertThat(precisions(school)).containsExactly("int8", "int8");
        assertThat(school.predict("topic1 again").membersUsed()).containsExactly("a", "b");
        assertThat(school.predict("topic1 again").label()).contains("label1");
    }

    @Test
    void whereAnswersDiffer_singlePrecisionServes() {
        School school = school(unlike());
        school.teach(teachings(ENOUGH));
        assertThat(precisions(school)).containsExactly("fp32", "fp32");
    }

    @Test
    void withTooLittleEvidence_singlePrecisionServes() {
        School school = school(alike());
        school.teach(teachings(298));
        assertThat(precisions(school)).containsExactly("fp32", "fp32");
        school.teach(School.teaching("topic2 the last one", "label2"));
        assertThat(precisions(school)).containsExactly("int8", "int8");
    }

    @Test
    void onlyWhereThereIsEvidence_headsAreLearntTwice_eachWithStatisticsOfItsOwn() {
        School school = school(alike());
        School inFloats = school(List.of(new FakeEncoder("a"), new FakeEncoder("b")));
        school.teach(teachings(298));
        inFloats.teach(teachings(298));
        long once = inFloats.teacher().ledgerBytes();
        assertThat(school.teacher().ledgerBytes()).isPositive().isEqualTo(once);
        school.teach(School.teaching("topic2 the last one", "label2"));
        assertThat(school.teacher().ledgerBytes()).isEqualTo(2 * once);
        school.teacher()
                .forget(School.TASK, school.store().examples(School.TASK).get(0).id());
        assertThat(school.teacher().ledgerBytes())
                .as("of what is not chosen from any longer nothing stays, as it holds the forgotten example")
                .isEqualTo(once);
    }

    @Test
    void statisticsOfFixedFeatures_goWhenTheExactFormIsBackInUse() {
        School school = school(12, List.of(new FakeEncoder("a"), new FakeEncoder("b")));
        school.teach(teachings(11));
        assertThat(school.teacher().ledgerBytes()).isPositive();
        school.teacher()
                .forget(School.TASK, school.store().examples(School.TASK).get(0).id());
        school.teacher()
                .forget(School.TASK, school.store().examples(School.TASK).get(0).id());
        assertThat(school.teacher().ledgerBytes()).isZero();
    }

    @Test
    void onlyEncodersThatHaveTheChoice_areRounded() {
        School school = school(List.of(FakeEncoder.inBothPrecisions("a", "a"), new FakeEncoder("b")));
        school.teach(teachings(ENOUGH));
        assertThat(precisions(school)).containsExactly("int8", "fp32");
    }

    @Test
    void whatBytesAnswer_isReadByNoOther() {
        FakeEncoder a = FakeEncoder.inBothPrecisions("a", "a");
        School school = school(List.of(a));
        school.teach(teachings(ENOUGH));
        long read = a.encoded();
        school.predict("topic1 again");
        assertThat(a.encoded()).isEqualTo(read);
    }

    @Test
    void chosenHeads_areThoseOfThatPrecisionAlone() {
        School auto = school(alike());
        auto.teach(teachings(ENOUGH));
        School inBytes = school(
                alike().stream().map(encoder -> encoder.rounded().orElseThrow()).toList());
        inBytes.teach(teachings(ENOUGH));
        assertThat(auto.digest()).isEqualTo(inBytes.digest());

        School timid = school(unlike());
        timid.teach(teachings(ENOUGH));
        School inFloats = school(List.of(new FakeEncoder("a"), new FakeEncoder("b")));
        inFloats.teach(teachings(ENOUGH));
        assertThat(timid.digest()).isEqualTo(inFloats.digest());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void orderAndBatches_decideNothing_andWhatWasForgottenLeavesNoTrace(long seed) {
        List<Teaching> teachings = teachings(ENOUGH);
        School atOnce = school(unlike());
        atOnce.teach(teachings);
        Random random = new Random(SEED + seed);
        List<Teaching> shuffled = new ArrayList<>(teachings);
        Collections.shuffle(shuffled, random);
        School bit = school(unlike());
        List<String> forgotten = new ArrayList<>();
        for (int from = 0; from < ENOUGH; ) {
            int to = Math.min(ENOUGH, from + 1 + random.nextInt(150));
            bit.teach(shuffled.subList(from, to));
            forgotten.add(bit.teach(School.teaching("gone soon " + from, "label0"))
                    .rows()
                    .get(0)
                    .exampleId());
            from = to;
        }
        forgotten.forEach(id -> bit.teacher().forget(School.TASK, id));
        List<String> chosen = new ArrayList<>();
        for (double risk = 0.05; risk < 0.5; risk += 0.05) {
            atOnce.teacher().setPolicy(School.TASK, risk(risk));
            bit.teacher().setPolicy(School.TASK, risk(risk));
            assertThat(bit.digest()).isEqualTo(atOnce.digest());
            chosen.addAll(precisions(bit));
        }
        assertThat(chosen).contains("fp32", "int8");
    }

    @Test
    void policy_movesTheChoice_andBack() {
        School school = school(unlike());
        school.teach(teachings(ENOUGH));
        String careful = school.digest();
        school.teacher().setPolicy(School.TASK, risk(0.9));
        assertThat(precisions(school)).containsExactly("int8", "int8");
        school.teacher().setPolicy(School.TASK, Policy.DEFAULT);
        assertThat(school.digest()).isEqualTo(careful);
        school.teacher()
                .setPolicy(
                        School.TASK,
                        new Policy(
                                0.9,
                                OptionalDouble.empty(),
                                0.9,
                                OptionalDouble.empty(),
                                Map.of("label0", Map.of("label1", 5.0))));
        assertThat(precisions(school)).containsExactly("fp32", "fp32");
    }

    @Test
    void aPolicyThatLeavesTheRiskAsItIs_isFollowedWithoutLearningAnew() {
        School school = school(alike());
        school.teach(teachings(ENOUGH));
        var voices = school.ensemble().voices();
        school.teacher()
                .setPolicy(
                        School.TASK, new Policy(0.8, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of()));
        assertThat(school.ensemble().voices()).isSameAs(voices);
    }

    @Test
    void afterARestart_theChoiceIsRecalled_andNothingIsLearntOrRead() {
        List<Encoder> members = alike();
        School school = school(members);
        school.teach(teachings(ENOUGH));
        Prediction before = school.predict("topic1 again");
        long read = ((FakeEncoder) members.get(0).rounded().orElseThrow()).encoded();
        School again = school.restarted();
        schools.add(again);
        assertThat(((FakeEncoder) members.get(0).rounded().orElseThrow()).encoded())
                .isEqualTo(read);
        assertThat(again.teacher().ledgerBytes()).isZero();
        assertThat(precisions(again)).containsExactly("int8", "int8");
        assertThat(again.predict("topic1 again")).isEqualTo(before);
        again.teacher().warmUp();
        again.teach(School.teaching("topic0 one more", "label0"));
        School fresh = school(alike());
        fresh.teach(teachings(ENOUGH));
        fresh.teach(School.teaching("topic0 one more", "label0"));
        assertThat(again.digest()).isEqualTo(fresh.digest());
    }

    @Test
    void headsThatNobodyChose_areNotRecalledAsAChoice() {
        School school = school(unlike().stream()
                .map(encoder -> encoder.rounded().orElseThrow())
                .toList());
        school.teach(teachings(ENOUGH));
        School auto = school.restartedWith(unlike());
        schools.add(auto);
        assertThat(precisions(auto)).containsExactly("fp32", "fp32");
    }

    @Test
    void confusions_areThoseOfWhatServes() {
        School school = school(unlike());
        school.teach(teachings(ENOUGH));
        school.teacher().setPolicy(School.TASK, risk(0.9));
        School inBytes = school(unlike().stream()
                .map(encoder -> encoder.rounded().orElseThrow())
                .toList());
        inBytes.teach(teachings(ENOUGH));
        assertThat(school.teacher().insight().confusions(School.TASK, "label0", "label1"))
                .isNotEmpty()
                .extracting(Confusion::probability)
                .isEqualTo(inBytes.teacher().insight().confusions(School.TASK, "label0", "label1").stream()
                        .map(Confusion::probability)
                        .toList());
    }

    @Test
    void scores_haveNoChoice_andAreReadOnce() {
        FakeEncoder a = FakeEncoder.inBothPrecisions("a", "a");
        School school = school(List.of(a));
        school.teacher().define(School.task(Kind.REGRESSION, InputKind.TEXT));
        List<Teaching> scores = new ArrayList<>();
        for (int i = 0; i < ENOUGH; i++) {
            scores.add(Teaching.of(Input.of(new Text("number " + i)), new Answer.Score(i % 5)));
        }
        school.teach(scores);
        assertThat(precisions(school)).containsExactly("fp32");
        assertThat(((FakeEncoder) a.rounded().orElseThrow()).encoded()).isZero();
    }

    @Test
    void anEncoderThatJoins_bringsItsChoice() {
        School school = school(alike());
        school.teach(teachings(ENOUGH));
        FakeEncoder joining = FakeEncoder.inBothPrecisions("z", "z");
        school.teacher().adopt(joining);
        assertThat(school.predict("topic1 again").membersUsed()).containsExactly("a", "b", "z");
        assertThat(precisions(school)).containsExactly("int8", "int8", "int8");
        var voices = school.ensemble().voices();
        school.teacher().adopt(joining);
        assertThat(school.ensemble().voices()).isSameAs(voices);
    }

    private static Policy risk(double risk) {
        return new Policy(0.9, OptionalDouble.empty(), risk, OptionalDouble.empty(), Map.of());
    }
}
