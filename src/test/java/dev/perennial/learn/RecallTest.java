// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.ensemble.Explanation;
import dev.perennial.ensemble.Part;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryDerivedCache;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Teaching;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a fit between starts. */
final class RecallTest {
    /** More than are learnt in kernel form. */
    private static final int MANY = 40;

    private static final int FEW = 8;

    private static final String FIT = "fit-" + School.TASK;

    private final School school = School.open(School.SMALL);

    @BeforeEach
    void define() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT, "even", "odd"));
    }

    @AfterEach
    void close() {
        school.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {FEW, MANY})
    void afterARestart_heads_areRecalledToTheirBits_andNothingIsLearnt(int examples) {
        school.teach(many(examples));
        var before = school.predict("number 7 of the row");
        try (School again = school.restarted()) {
            assertThat(again.digest()).isEqualTo(school.digest());
            assertThat(again.predict("number 7 of the row")).isEqualTo(before);
            assertThat(again.derived().get(FIT)).isPresent();
            assertThat(again.teacher().ledgerBytes()).isZero();
        }
    }

    @Test
    void whatIsRecalled_isTaughtOnLikeWhatWasLearnt() {
        school.teach(many(MANY));
        try (School again = school.restarted()) {
            again.teacher().warmUp();
            again.teach(teaching("one more", "odd"));
            String digest = again.digest();
            try (School fresh = School.open(School.SMALL)) {
                fresh.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT, "even", "odd"));
                fresh.teach(teaching("one more", "odd"));
                fresh.teach(many(MANY));
                assertThat(digest).isEqualTo(fresh.digest());
            }
        }
    }

    @Test
    void aFitOfOtherExamples_isNotRecalled() {
        school.teach(many(MANY));
        school.teacher().close();
        byte[] stale = school.derived().get(FIT).orElseThrow();
        school.teach(teaching("one more", "odd"));
        String digest = school.digest();
        school.teacher().close();
        school.derived().put(FIT, stale);
        try (School again = school.restarted()) {
            assertThat(again.digest()).isEqualTo(digest);
        }
    }

    @Test
    void bytesThatAreNoFit_areNotRecalled() {
        school.teach(many(MANY));
        school.teacher().close();
        byte[] whole = school.derived().get(FIT).orElseThrow();
        for (int length : new int[] {0, 1, 70, whole.length / 2, whole.length - 1}) {
            school.derived().put(FIT, java.util.Arrays.copyOf(whole, length));
            try (School again = school.restarted()) {
                assertThat(again.digest()).isEqualTo(school.digest());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "1, -1", "-1, -1", "2147483647, 1", "2147483647, 2", "1, 2147483647", "0, 0", "1, 2"})
    void bytesOfAForeignLayout_areNotRecalled(int rows, int columns) {
        school.teach(many(MANY));
        String digest = school.digest();
        school.teacher().close();
        byte[] whole = school.derived().get(FIT).orElseThrow();
        // The basis and the number of parts; then the first part's name, view, link, form and ridge.
        int sizes = Short.BYTES + 64 + Integer.BYTES + Short.BYTES + Part.JOINT.length() + 2 * Integer.BYTES + 25;
        ByteBuffer.wrap(whole).putInt(sizes, rows).putInt(sizes + Integer.BYTES, columns);
        school.derived().put(FIT, whole);
        try (School again = school.restarted()) {
            assertThat(again.digest()).isEqualTo(digest);
        }
    }

    @Test
    void basis_tellsLabelsApartThatLookAlikeInALine() {
        assertThat(basis("a, b", "c")).isEqualTo(basis("a, b", "c")).isNotEqualTo(basis("a", "b", "c"));
    }

    private static String basis(String... labels) {
        List<Encoder> members = List.of(new FakeEncoder("a"));
        Lesson lesson = new Lesson(
                task(Kind.CLASSIFICATION, InputKind.PAIR, labels),
                new RevisionId(1),
                members,
                new Spreads(ReferenceSentences.read(), new MemoryDerivedCache()).featureMap(InputKind.PAIR, members),
                List.of(),
                Map.of(),
                Set.of(),
                Recency.NONE);
        return LessonRows.of(lesson, 1).basis(School.SMALL);
    }

    @Test
    void forgetting_leavesNothingThatWasLearntBefore() {
        String id = school.teach(many(MANY)).rows().get(0).exampleId();
        school.teacher().close();
        assertThat(school.derived().get(FIT)).isPresent();
        school.teacher().forget(School.TASK, id);
        assertThat(school.derived().get(FIT)).isEmpty();
    }

    @Test
    void removedTask_leavesNothing_andAStartSweepsWhatIsLeft() {
        school.teach(many(MANY));
        school.teacher().close();
        school.teacher().remove(School.TASK);
        assertThat(school.derived().get(FIT)).isEmpty();

        String gone = "fit-gone";
        school.derived().put(gone, new byte[] {1});
        school.derived().put("something-else", new byte[] {1});
        try (School again = school.restarted()) {
            assertThat(again.derived().names()).containsExactly("something-else");
        }
    }

    @Test
    void anEncoderUnderAnotherName_answersByThatName() {
        school.teach(many(MANY));
        List<Encoder> renamed = List.of(new Renamed(new FakeEncoder("a"), "another"), new FakeEncoder("b"));
        try (School again = school.restartedWith(renamed)) {
            assertThat(again.predict("number 7 of the row")
                            .explanation()
                            .orElseThrow()
                            .members())
                    .extracting(Explanation.Vote::member)
                    .containsExactly(Part.JOINT, "another", "b");
        }
    }

    /** The same encoder, as its digest says. */
    private record Renamed(FakeEncoder encoder, String id) implements Encoder {

        @Override
        public EncoderInfo info() {
            EncoderInfo known = encoder.info();
            return new EncoderInfo(
                    EncoderInfo.Reading.CONTEXTUAL,
                    id,
                    known.digest(),
                    known.dimension(),
                    known.pooling(),
                    known.prefix(),
                    known.maxTokens(),
                    known.executionProvider(),
                    known.precision(),
                    known.parameters(),
                    known.bytes());
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            return encoder.encode(passages);
        }

        @Override
        public void close() {
            encoder.close();
        }
    }

    private static List<Teaching> many(int count) {
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            teachings.add(teaching("number " + i + " of the row", i % 2 == 0 ? "even" : "odd"));
        }
        return teachings;
    }
}
