// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.QuarantineReason.Cause;
import dev.perennial.task.Quarantined;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is set apart is as if it had not been taught, and comes back exactly. */
final class QuarantineTest {
    private static final List<String> MONEY = List.of("bank", "coin", "loan", "cheque", "fee");
    private static final List<String> PARCEL = List.of("box", "courier", "stamp", "post", "van");

    private final Random random = new Random(7);

    static LongStream seeds() {
        return ExactnessPropertyTest.seeds();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void replyThatIsKept_tellsWhatTheTaskAnswersByAfterwards(long seed) {
        Lessons lessons = new Lessons(seed);
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(lessons.task());
            school.teach(lessons.teachings(2 + lessons.below(30)));
            List<Example> examples = school.store().examples(School.TASK);
            Set<String> chosen = ids(lessons.shuffled(examples).subList(0, (examples.size() + 1) / 2));

            Quarantine.Receipt apart = keeping(school, "apart").named(School.TASK, chosen);
            assertThat(apart.exampleIds()).as("seed %d", seed).hasSameSizeAs(chosen);
            assertKept(school, "apart", apart, seed);
            assertKept(school, "nothing", keeping(school, "nothing").named(School.TASK, chosen), seed);
            assertKept(school, "back", keeping(school, "back").release(School.TASK, chosen), seed);
        }
    }

    private static Quarantine keeping(School school, String key) {
        return school.teacher()
                .quarantine()
                .keeping(
                        Optional.of(new Idempotency(key, "digest")),
                        receipt -> new Idempotency.Reply(200, receipt.toString()));
    }

    private static void assertKept(School school, String key, Quarantine.Receipt receipt, long seed) {
        assertThat(school.store().reply(key).orElseThrow().reply().body())
                .as("seed %d", seed)
                .isEqualTo(receipt.toString());
        assertThat(receipt.headDigestAfter()).as("seed %d", seed).isEqualTo(school.digest());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsSetApart_isAsIfItHadNotBeenTaught_andComesBackExactly(long seed) {
        Lessons lessons = new Lessons(seed);
        Task task = lessons.task();
        try (School lived = School.open(School.SMALL);
                School spared = School.open(School.SMALL)) {
            lived.teacher().define(task);
            spared.teacher().define(task);
            lived.teach(lessons.teachings(2 + lessons.below(30)));
            String whole = lived.digest();
            List<Example> examples = lived.store().examples(School.TASK);
            List<Example> chosen = lessons.shuffled(examples).subList(0, (examples.size() + 1) / 2);
            List<Teaching> others = examples.stream()
                    .filter(example -> !chosen.contains(example))
                    .map(Example::teaching)
                    .toList();
            Quarantine quarantine = lived.teacher().quarantine();
            Quarantine.Receipt apart = quarantine.named(School.TASK, ids(chosen));
            if (!others.isEmpty()) {
                spared.teach(lessons.shuffled(others));
            }
            assertThat(apart.headDigestBefore()).as("seed %d", seed).isEqualTo(whole);
            assertThat(apart.headDigestAfter())
                    .as("seed %d", seed)
                    .isEqualTo(lived.digest())
                    .isEqualTo(spared.digest());
            assertThat(quarantine.named(School.TASK, ids(chosen)).exampleIds())
                    .as("seed %d: they are apart already", seed)
                    .isEmpty();
            try (School restarted = lived.restarted()) {
                assertThat(restarted.digest()).as("seed %d", seed).isEqualTo(spared.digest());
                assertThat(restarted
                                .teach(chosen.stream().map(Example::teaching).toList())
                                .taught())
                        .as("seed %d: taught again they are duplicates", seed)
                        .isZero();
                Quarantine.Receipt back = restarted.teacher().quarantine().release(School.TASK, ids(chosen));
                assertThat(back.headDigestAfter())
                        .as("seed %d", seed)
                        .isEqualTo(whole)
                        .isEqualTo(restarted.digest());
                assertThat(restarted.store().examples(School.TASK)).isEqualTo(examples);
            }
        }
    }

    @Test
    void suspects_areSetApart_withWhatOthersTaughtOfTheSameContent_andEarlierRevisionsHaveThem() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "money", "parcel"));
            List<Teaching> teachings = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                teachings.add(School.teaching(words(MONEY), "money"));
                teachings.add(School.teaching(words(PARCEL), "parcel"));
            }
            school.teach(teachings);
            String clean = school.digest();
            Teaching wrong = School.teaching(words(MONEY), "parcel");
            RevisionId poisoned = school.teach(List.of(wrong, wrong.from(Optional.of(new SourceName("bad")))))
                    .revision();
            String fooled = school.digest();

            Quarantine.Receipt receipt = school.teacher().quarantine().suspects(School.TASK, 0.6);

            assertThat(receipt.exampleIds()).hasSize(2);
            assertThat(school.digest()).isEqualTo(clean);
            assertThat(school.store().quarantined(School.TASK, "", 10))
                    .hasSize(2)
                    .allMatch(each -> each.reason().cause() == Cause.SUSPECT
                            && each.reason().degree().orElseThrow() > 0.6)
                    .extracting(Quarantined::example)
                    .allMatch(example -> example.key().equals(wrong.contentKey()));
            assertThat(school.teacher().quarantine().suspects(School.TASK, 0.6).exampleIds())
                    .isEmpty();

            school.teacher().revisions().promote(School.TASK, poisoned, false);
            assertThat(school.digest()).isEqualTo(fooled);
            assertThat(school.store().quarantined(School.TASK, "", 10)).isEmpty();
            school.teacher().revisions().promote(School.TASK, receipt.revision(), false);
            assertThat(school.digest()).isEqualTo(clean);
            assertThat(school.store().quarantined(School.TASK, "", 10)).hasSize(2);
        }
    }

    @Test
    void leverage_growsWithWeight_andAddsUpToNoMoreThanThereIsToChoose() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "money", "parcel"));
            List<Teaching> teachings = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                teachings.add(School.teaching(words(MONEY), "money"));
                teachings.add(School.teaching(words(PARCEL), "parcel"));
            }
            school.teach(teachings);
            Teaching heavy = School.teaching("zebra quilt", "parcel");
            String id = school.teach(List.of(new Teaching(heavy.input(), heavy.answer(), Optional.empty(), 100)))
                    .rows()
                    .get(0)
                    .exampleId();

            Map<String, Double> leverages = school.teacher().insight().leverages(School.TASK);

            assertThat(leverages).hasSize(401);
            assertThat(leverages.values()).allMatch(leverage -> leverage >= 0 && leverage <= 1);
            assertThat(leverages.values().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum())
                    .isLessThanOrEqualTo(2 * School.SMALL.jointFeatures() + 1);
            double most = leverages.entrySet().stream()
                    .filter(each -> !each.getKey().equals(id))
                    .mapToDouble(Map.Entry::getValue)
                    .max()
                    .orElseThrow();
            assertThat(leverages.get(id)).isGreaterThan(0.9).isGreaterThan(most);
            Quarantine quarantine = school.teacher().quarantine();
            assertThatThrownBy(() -> quarantine.influential(School.TASK, 0)).isInstanceOf(Refusal.Conflict.class);
            assertThat(quarantine
                            .influential(School.TASK, (most + leverages.get(id)) / 2)
                            .exampleIds())
                    .containsExactly(id);
            assertThat(school.store().quarantined(School.TASK, "", 10))
                    .extracting(each -> each.reason().cause())
                    .containsExactly(Cause.LEVERAGE);
        }
    }

    @Test
    void whatIsNotThere_isNotFound_andWhatDoesNotFitAnyMore_isRefused() {
        try (School school = School.open(School.SMALL)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "money", "parcel"));
            String id = school.teach(List.of(School.teaching("a coin", "money")))
                    .rows()
                    .get(0)
                    .exampleId();
            Quarantine quarantine = school.teacher().quarantine();
            assertThatThrownBy(() -> quarantine.release(School.TASK, Set.of(id)))
                    .isInstanceOf(Refusal.NotFound.class);
            assertThatThrownBy(() -> quarantine.named(School.TASK, Set.of(id, "ex_0000000000000099")))
                    .isInstanceOf(Refusal.NotFound.class);
            assertThat(school.store().quarantined(School.TASK, "", 10)).isEmpty();
            quarantine.named(School.TASK, Set.of(id));
            school.teacher().define(School.task(Kind.REGRESSION, InputKind.TEXT));
            assertThatThrownBy(() -> quarantine.release(School.TASK, Set.of(id)))
                    .isInstanceOf(Refusal.Conflict.class);
            school.teacher().forget(School.TASK, id);
            assertThat(school.store().quarantined(School.TASK, "", 10)).isEmpty();
        }
    }

    private static Set<String> ids(Collection<Example> examples) {
        return new HashSet<>(examples.stream().map(Example::id).collect(Collectors.toSet()));
    }

    private String words(List<String> words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            text.append(words.get(random.nextInt(words.size()))).append(' ');
        }
        return text.append(random.nextInt(10_000)).toString();
    }
}
