// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.refusal.Refusal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class VectorModelsTest {
    private static final List<String> TEXTS =
            List.of("my card is gone", "my card is lost", "the weather is fine today");

    private final EncoderPool pool = new EncoderPool(1, 100_000);
    private final VectorModels models =
            new VectorModels(new Encoders(pool, List.of(new FakeEncoder("a"), new FakeEncoder("b"))), encoder -> 1.6);

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void models_areTheEnsembleAndEachEncoder() {
        assertThat(models.models()).extracting(VectorModel::id).containsExactly("ensemble", "a", "b");
        assertThat(models.model("ensemble").dimension()).isEqualTo(128);
        assertThatThrownBy(() -> models.model("c")).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void ensembleVectors_haveTheMeanCosineOfTheMembers() {
        List<float[]> together = models.vectors(models.model("ensemble"), TEXTS).vectors();
        List<float[]> a = models.vectors(models.model("a"), TEXTS).vectors();
        List<float[]> b = models.vectors(models.model("b"), TEXTS).vectors();

        assertThat(dot(together.get(0), together.get(0))).isCloseTo(1, within(1e-6));
        assertThat(dot(together.get(0), together.get(1)))
                .isCloseTo((dot(a.get(0), a.get(1)) + dot(b.get(0), b.get(1))) / 2, within(1e-6));
    }

    @Test
    void similarity_ofOneMemberIsItsCosine() {
        VectorModel model = models.model("a");
        List<float[]> vectors = models.vectors(model, TEXTS).vectors();

        assertThat(models.similaritiesToFirst(model, TEXTS)).hasSize(2);
        assertThat(models.similarities(model, TEXTS.subList(0, 2)).get(0).score())
                .isCloseTo(dot(vectors.get(0), vectors.get(1)), within(1e-6));
    }

    @Test
    void similarity_ofTheEnsemblePutsEqualTextsAtOneAndUnrelatedOnesAtZero() {
        VectorModel ensemble = models.model("ensemble");
        List<Similarity> scores = models.similarities(ensemble, List.of("a b", "a b", TEXTS.get(0), TEXTS.get(1)));
        double meanCosine = dot(
                models.vectors(ensemble, TEXTS).vectors().get(0),
                models.vectors(ensemble, TEXTS).vectors().get(1));

        assertThat(scores.get(0).score()).isCloseTo(1, within(1e-6));
        assertThat(scores.get(1).score()).isCloseTo(1 - (1 - meanCosine) / 0.8, within(1e-6));
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (double) a[k] * b[k];
        }
        return sum;
    }
}
