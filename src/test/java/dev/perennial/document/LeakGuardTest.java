// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard finds what gives a text of an evaluation set away, and nothing else. */
final class LeakGuardTest {
    private static final EvaluationSetId SUITE = new EvaluationSetId("suite");
    private static final String LONG = "The committee has decided to postpone the vote until the first week of March.";
    private static final String MIDDLE = "my card was stolen yesterday";
    private static final String SHORT = "lost card";

    private final LeakGuard guard = guard(LONG, MIDDLE, SHORT);

    @ParameterizedTest
    @ValueSource(
            strings = {
                LONG,
                "As reported: the COMMITTEE has decided, to postpone – the vote until the first week of march!",
                "Yesterday the committee has decided to postpone the vote until further notice",
                "x\nthe cömmittee has\tdecided to\n\npostpone the vöte",
                "He wrote: 'My card was stolen, yesterday.' and left",
                "Lost card!",
                "my car\u00ADd was sto\u200Blen yester\u2060day",
                "My card\u2019s was stolen yesterday",
                "my card's was stolen yester\u200Dday"
            })
    void textOfTheSet_isFoundHoweverItIsDressed(String text) {
        assertThat(guard.leaksIn(Draft.of(text))).containsExactly(SUITE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The committee has decided to postpone the decision until the second week of April.",
                "My card was not stolen yesterday",
                "the committee has decided to postpone the",
                "I lost card number five",
                "a lost card",
                "...",
                "yesterday stolen was card my"
            })
    void otherTexts_pass(String text) {
        assertThat(guard.leaksIn(Draft.of(text))).isEmpty();
    }

    @Test
    void title_isReadAsTheFirstLine() {
        Draft split = new Draft(
                new dev.perennial.text.Text("stolen yesterday, and then"),
                "My card was",
                "",
                "",
                java.util.Optional.empty());

        assertThat(guard.leaksIn(split)).containsExactly(SUITE);
        assertThat(guard.leaksIn(new Draft(
                        new dev.perennial.text.Text("and more words than that"),
                        "Lost card",
                        "",
                        "",
                        java.util.Optional.empty())))
                .isEmpty();
    }

    @Test
    void scriptsWithoutSpaces_areReadLetterByLetter() {
        LeakGuard chinese = guard("委员会决定将投票推迟到三月的第一周");

        assertThat(chinese.leaksIn(Draft.of("据报道,委员会决定将投票推迟。"))).containsExactly(SUITE);
        assertThat(chinese.leaksIn(Draft.of("委员会决定修改日期。"))).isEmpty();
    }

    @Test
    void everySetThatIsGivenAway_isNamed() {
        EvaluationSetId other = new EvaluationSetId("other");
        LeakGuard both = new LeakGuard(
                Map.of(SUITE, LeakGuard.windows(List.of(LONG)), other, LeakGuard.windows(List.of(MIDDLE))));

        assertThat(both.leaksIn(Draft.of(LONG + " " + MIDDLE))).containsExactly(other, SUITE);
        assertThat(both.leaksIn(Draft.of(MIDDLE))).containsExactly(other);
        assertThat(new LeakGuard(Map.of()).leaksIn(Draft.of(LONG))).isEmpty();
    }

    @Test
    void textsWithoutWords_keepNothing() {
        assertThat(LeakGuard.windows(List.of("", "?!", "🙂"))).isEmpty();
        assertThat(LeakGuard.windows(List.of(LONG, LONG))).hasSize(14 - 8 + 1).isSorted();
    }

    /** Against the rule said plainly, over random texts of few words. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void verdict_isThatOfThePlainRule(long number) {
        long seed = Long.getLong("perennial.seed", number);
        Random random = new Random(seed);
        int leaks = 0;
        for (int i = 0; i < 3_000; i++) {
            List<String> text = words(random, 1 + random.nextInt(12));
            List<String> document = words(random, 1 + random.nextInt(30));
            if (random.nextBoolean()) {
                document.addAll(random.nextInt(document.size() + 1), text.subList(0, random.nextInt(text.size() + 1)));
            }
            boolean expected = gives(document, text);

            assertThat(guard(String.join(" ", text)).leaksIn(Draft.of(String.join(" ", document))))
                    .as("seed %d: %s in %s", seed, text, document)
                    .isEqualTo(expected ? List.of(SUITE) : List.of());
            leaks += expected ? 1 : 0;
        }
        assertThat(leaks).as("seed %d", seed).isBetween(300, 2_700);
    }

    private static boolean gives(List<String> document, List<String> text) {
        if (text.size() < 4) {
            return document.equals(text);
        }
        int length = Math.min(8, text.size());
        Set<List<String>> rows = new HashSet<>();
        for (int from = 0; from + length <= document.size(); from++) {
            rows.add(document.subList(from, from + length));
        }
        for (int from = 0; from + length <= text.size(); from++) {
            if (rows.contains(text.subList(from, from + length))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> words(Random random, int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(String.valueOf((char) ('a' + random.nextInt(3))));
        }
        return words;
    }

    private static LeakGuard guard(String... texts) {
        return new LeakGuard(Map.of(SUITE, LeakGuard.windows(List.of(texts))));
    }
}
