// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderContract;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StaticEncoderIT extends EncoderContract {
    private static final List<String> SENTENCES = List.of(
            "A man is playing a guitar on the stage.",
            "The committee approved the budget for next year.",
            "I cannot log in to my account any more.",
            "The cat sleeps on the warm window sill.",
            "How much does it cost to send a parcel abroad?",
            "The patient should rest and drink a lot of water.");

    @Override
    protected Encoder encoder() {
        return OnnxFixture.encoder(StaticEncoder.ID);
    }

    @Override
    protected Encoder open() {
        return OnnxFixture.models()
                .open(OnnxFixture.runtime(), List.of(StaticEncoder.ID))
                .get(0);
    }

    @AfterAll
    static void closeEncoders() {
        OnnxFixture.closeEncoders();
    }

    @Test
    void info_saysThatItDoesNotReadInContext() {
        assertThat(encoder().info().reading()).isEqualTo(EncoderInfo.Reading.STATIC);
    }

    @Test
    void vectors_comeNearTheTeachersOfTheSameText_andOfNoOther() {
        List<Embedding> own = vectors(encoder());
        List<Embedding> teachers =
                vectors(OnnxFixture.encoder(BundledTable.read().teacher()));
        for (int i = 0; i < SENTENCES.size(); i++) {
            double near = likeness(own.get(i), teachers.get(i));
            assertThat(near).isGreaterThan(0.5);
            for (int j = 0; j < SENTENCES.size(); j++) {
                if (i != j) {
                    assertThat(likeness(own.get(i), teachers.get(j))).isLessThan(near - 0.2);
                }
            }
        }
    }

    @Test
    void aDamagedTable_isReplaced(@TempDir Path directory) throws IOException {
        BundledModels models = new BundledModels(directory);
        Path file = directory.resolve(BundledTable.read().sha256() + ".table");
        Files.write(file, new byte[1536]);
        Encoder opened =
                models.open(OnnxFixture.runtime(), List.of(StaticEncoder.ID)).get(0);
        assertThat(opened.encode(List.of(Passage.of("hello"))).get(0).vector())
                .isEqualTo(encoder().encode(List.of(Passage.of("hello"))).get(0).vector());
        opened.close();
    }

    @Test
    void aDamagedTokenizer_isReplaced(@TempDir Path directory) throws IOException {
        BundledModels models = new BundledModels(directory);
        Path file = models.folders().get(0).tokenizer();
        Files.writeString(file, "{}");
        Encoder opened =
                models.open(OnnxFixture.runtime(), List.of(StaticEncoder.ID)).get(0);
        assertThat(opened.encode(List.of(Passage.of("hello"))).get(0).vector())
                .isEqualTo(encoder().encode(List.of(Passage.of("hello"))).get(0).vector());
        opened.close();
    }

    private static List<Embedding> vectors(Encoder encoder) {
        return encoder.encode(SENTENCES.stream().map(Passage::of).toList());
    }

    private static double likeness(Embedding a, Embedding b) {
        double sum = 0;
        for (int k = 0; k < a.vector().length; k++) {
            sum += a.vector()[k] * b.vector()[k];
        }
        return sum;
    }
}
