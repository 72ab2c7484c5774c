// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GroupMatcherTest {
    private static final Codebook SENTIMENT =
            new Codebook("sentiment", List.of("Is the opinion of this movie review positive or negative?"));
    private static final Codebook INTENT =
            new Codebook("intent", List.of("Which banking intent does the customer question express?"));

    private final TfIdfSimilarity tfIdf = new TfIdfSimilarity();

    @Test
    void tfIdf_isOneForTheSameWordsAndZeroForNoneInCommon() {
        assertThat(alike("Classify the review", "classify this REVIEW")).isCloseTo(1, within(1e-12));
        assertThat(alike("Classify the review", "translate German sentences")).isZero();
    }

    @Test
    void tfIdf_weighsWordsOfOneSideAsPublished() {
        // Shared: movie; of one side each: review, rating. 1 / (1 + (ln 1.5 + 1)^2).
        double oneSided = Math.log(1.5) + 1;

        assertThat(alike("movie review", "movie rating")).isCloseTo(1 / (1 + oneSided * oneSided), within(1e-12));
    }

    @Test
    void tfIdf_takesInstructionsOfStopWordsAloneForAlikeWhenTheyAreEqual() {
        assertThat(alike("What is this?", "what is THIS?")).isEqualTo(1);
        assertThat(alike("What is this?", "Who are you?")).isZero();
        assertThat(alike("What is this?", "movie review")).isZero();
    }

    @Test
    void tfIdf_isTheMeanOverAllPairs() {
        double mean = tfIdf.of(List.of("movie review"), List.of("movie review", "german verbs"));

        assertThat(mean).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void stopWords_areThePublishedThreeHundredAndEighteen() {
        assertThat(StopWords.WORDS).hasSize(318).contains("whereupon").doesNotContain("review");
    }

    @Test
    void closest_isTheGroupThatIsMostAlike() {
        GroupMatcher.Closest closest = matcher(GroupMatcher.FREE_WORDING)
                .closest(List.of("Is this product review positive or negative?"), List.of(INTENT, SENTIMENT))
                .orElseThrow();

        assertThat(closest.codebook()).isEqualTo(SENTIMENT);
        assertThat(closest.similarity()).isGreaterThan(0.3);
        assertThat(closest.isAlike()).isTrue();
    }

    @Test
    void closest_isNotAlikeBelowTheThreshold_andThereIsNoneWithoutGroups() {
        List<String> instruction = List.of("Is this product review positive or negative?");

        assertThat(matcher(0.9).closest(instruction, List.of(INTENT, SENTIMENT)))
                .hasValueSatisfying(closest -> assertThat(closest.isAlike()).isFalse());
        assertThat(matcher(0.1).closest(instruction, List.of())).isEmpty();
    }

    private GroupMatcher matcher(double threshold) {
        return new GroupMatcher(tfIdf, threshold);
    }

    private double alike(String one, String other) {
        return tfIdf.of(List.of(one), List.of(other));
    }
}
