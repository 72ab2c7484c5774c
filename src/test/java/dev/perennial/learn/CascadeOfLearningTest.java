// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is learnt decides how far an answer has to go. */
final class CascadeOfLearningTest {
    private static final int LABELS = 3;
    private static final int TAUGHT = 900;

    private final FakeEncoder table = new FakeEncoder(EncoderInfo.Reading.STATIC, "table");
    private final FakeEncoder first = new FakeEncoder("first");
    private final FakeEncoder second = new FakeEncoder("second");
    private final Random random = new Random(9);
    private School school = School.open(settings(2000), List.of(table, first, second));

    @AfterEach
    void close() {
        school.close();
    }

    private static FitSettings settings(int kernelRows) {
        return new FitSettings(kernelRows, 256, 128, 128, 800, List.of(1.0), List.of(0.1), List.of(0.01), 0.25);
    }

    private void teach(int kernelRows, int examples) {
        school.close();
        school = School.open(settings(kernelRows), List.of(table, first, second));
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < examples; i++) {
            int label = random.nextInt(LABELS);
            teachings.add(School.teaching(text(label, random.nextInt(5)) + " " + i, "label" + label));
        }
        school.teach(teachings);
    }

    /** Words that point to a label, among words that do not. */
    private String text(int label, int pointing) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            text.append(i < pointing ? "topic" + label + "x" + random.nextInt(12) : "noise" + random.nextInt(60))
                    .append(' ');
        }
        return text.toString().strip();
    }

    @ParameterizedTest(name = "{0} rows in kernel form")
    @ValueSource(ints = {2000, 12})
    void clearTexts_areAnsweredFromTheTable_andNoEncoderReadsThem(int kernelRows) {
        teach(kernelRows, TAUGHT);
        long read = first.encoded() + second.encoded();
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            inputs.add(Input.of(new Text(text(i % LABELS, 6))));
        }
        List<Prediction> predictions = school.predict(inputs, Mode.AUTO);
        for (int i = 0; i < inputs.size(); i++) {
            assertThat(predictions.get(i).label()).contains("label" + i % LABELS);
            assertThat(predictions.get(i).stage()).isEqualTo("table");
            assertThat(predictions.get(i).membersUsed()).containsExactly("table");
        }
        assertThat(first.encoded() + second.encoded()).isEqualTo(read);
    }

    @Test
    void whatGoesOnToTheFullEnsemble_isAnsweredAsIfThatHadBeenAskedAtOnce() {
        teach(12, TAUGHT);
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 140; i++) {
            inputs.add(Input.of(new Text(text(i % LABELS, i % 7))));
        }
        List<Prediction> auto = school.predict(inputs, Mode.AUTO);
        List<Prediction> full = school.predict(inputs, Mode.FULL);
        List<Integer> gone = IntStream.range(0, inputs.size())
                .filter(i -> auto.get(i).stage().equals("full"))
                .boxed()
                .toList();
        assertThat(gone).isNotEmpty().hasSizeLessThan(inputs.size());
        for (int i : gone) {
            assertThat(auto.get(i)).isEqualTo(full.get(i));
            assertThat(auto.get(i).membersUsed()).containsExactly("first", "second");
        }
    }

    @Test
    void aTaskWithLittleEvidence_answersInFull() {
        teach(2000, 100);
        assertThat(school.predict(List.of(Input.of(new Text(text(0, 6)))), Mode.AUTO)
                        .get(0)
                        .stage())
                .isEqualTo("full");
    }

    @Test
    void fast_isTheTableAlone() {
        teach(12, TAUGHT);
        Prediction fast = school.predict(List.of(Input.of(new Text("topic0x1 topic1x2"))), Mode.FAST)
                .get(0);
        assertThat(fast.stage()).isEqualTo("fast");
        assertThat(fast.membersUsed()).containsExactly("table");
    }

    @Test
    void anAnswerInTheBatch_isTheAnswerAlone() {
        teach(12, TAUGHT);
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            inputs.add(Input.of(new Text(text(i % LABELS, i % 7))));
        }
        List<Prediction> together = school.predict(inputs, Mode.AUTO);
        for (int i = 0; i < inputs.size(); i++) {
            assertThat(school.predict(List.of(inputs.get(i)), Mode.AUTO).get(0)).isEqualTo(together.get(i));
        }
    }

    @Test
    void aRestart_keepsTheStages() {
        teach(12, TAUGHT);
        var before = school.ensemble().cascade();
        School again = school.restarted();
        try {
            assertThat(again.ensemble().cascade()).isEqualTo(before);
            assertThat(again.ensemble().headDigest())
                    .isEqualTo(school.ensemble().headDigest());
        } finally {
            again.close();
        }
    }
}
