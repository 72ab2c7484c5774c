// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.FakeTableEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.refresh.AskedQuestions.Question;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AskedQuestionsTest {
    private static final long SEED = Long.getLong("perennial.seed", 7);

    private final Encoder teacher = new FakeEncoder("teacher");
    private final FakeTableEncoder table = FakeTableEncoder.random(1);

    private AskedQuestions sample(int most) {
        return new AskedQuestions("teacher", table, most, SEED);
    }

    private void ask(AskedQuestions sample, Encoder by, Passage... passages) {
        sample.read(by, List.of(passages), by.encode(List.of(passages)));
    }

    @Test
    void question_isKeptAsItsPiecesInNoOrderAndTheTeachersVector() {
        AskedQuestions sample = sample(5);
        ask(sample, teacher, Passage.of("where is my card"));

        Question question = sample.questions().get(0);
        assertThat(question.pieces())
                .isSorted()
                .containsExactlyInAnyOrder(table.pieces(Passage.of("where is my card")));
        assertThat(question.vector())
                .isEqualTo(teacher.encode(List.of(Passage.of("where is my card")))
                        .get(0)
                        .vector());
        assertThat(question.hash()).isEqualTo(sample.hash(Passage.of("where is my card")));
    }

    @Test
    void whatOtherEncodersRead_pairsAndCutTexts_areNotKept() {
        AskedQuestions sample = sample(5);
        ask(sample, new FakeEncoder("another"), Passage.of("one text"));
        ask(sample, teacher, Passage.joined("one text", "another"), Passage.of(" "));
        sample.read(teacher, List.of(Passage.of("cut text")), List.of(new Embedding(new float[64], 3, true)));

        assertThat(sample.size()).isZero();
    }

    @Test
    void sample_isBounded_countsEveryTextOnce_andDoesNotDependOnTheOrder() {
        AskedQuestions up = sample(50);
        AskedQuestions down = sample(50);
        List<Passage> texts = IntStream.range(0, 400)
                .mapToObj(i -> Passage.of("x" + i % 97 + " y" + i / 97))
                .toList();
        texts.forEach(text -> ask(up, teacher, text));
        for (int i = texts.size() - 1; i >= 0; i--) {
            ask(down, teacher, texts.get(i), texts.get(i));
        }

        assertThat(up.size()).isEqualTo(50);
        assertThat(hashes(down)).isEqualTo(hashes(up)).doesNotHaveDuplicates();
    }

    @Test
    void everyText_isAsLikelyToBeKept() {
        AskedQuestions sample = sample(500);
        List<Passage> texts = IntStream.range(0, 2000)
                .mapToObj(i -> Passage.of("x" + i % 97 + " y" + i / 97))
                .toList();
        texts.forEach(text -> ask(sample, teacher, text));
        List<Long> kept = hashes(sample);
        long early = texts.subList(0, 1000).stream()
                .filter(text -> kept.contains(sample.hash(text)))
                .count();

        assertThat(early).as("seed %d", SEED).isBetween(200L, 300L);
    }

    @Test
    void questionsReadInTwoPrecisions_areNotMixed() {
        FakeEncoder both = FakeEncoder.inBothPrecisions("teacher", "teacher");
        AskedQuestions sample = sample(10);
        ask(sample, both, Passage.of("one"), Passage.of("two"));
        ask(sample, both.rounded().orElseThrow(), Passage.of("three"), Passage.of("four"), Passage.of("five"));

        assertThat(sample.questions())
                .hasSize(3)
                .extracting(Question::reader)
                .containsOnly(both.rounded().orElseThrow().info().digest());
        ask(sample, both, Passage.of("three"), Passage.of("four"));
        assertThat(sample.questions())
                .hasSize(4)
                .extracting(Question::reader)
                .containsOnly(both.info().digest());
    }

    @Test
    void sampleOfNone_keepsNothing_andAClearedOneForgets() {
        AskedQuestions none = sample(0);
        ask(none, teacher, Passage.of("a question"));
        assertThat(none.size()).isZero();
        AskedQuestions sample = sample(5);
        ask(sample, teacher, Passage.of("a question"));
        sample.clear();
        assertThat(sample.questions()).isEmpty();
    }

    private static List<Long> hashes(AskedQuestions sample) {
        return sample.questions().stream().map(Question::hash).toList();
    }
}
