// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo.Pooling;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything needed to open an encoder: where its files are, what they must hash to, and how to read its output.
 *
 * @param id name, {@code [a-z0-9][a-z0-9.-]{0,62}}
 * @param model ONNX file
 * @param tokenizer Hugging Face {@code tokenizer.json}
 * @param modelSha256 expected hash of the model file, lower-case hex
 * @param tokenizerSha256 expected hash of the tokenizer file
 * @param pooling how token vectors become one
 * @param prefix what is put before every passage
 * @param maxTokens the window that the model was made for
 * @param precision {@code fp32} or {@code int8}
 * @param parameters number of weights
 */
public record ModelFolder(
        String id,
        Path model,
        Path tokenizer,
        String modelSha256,
        String tokenizerSha256,
        Pooling pooling,
        String prefix,
        int maxTokens,
        String precision,
        long parameters) {

    /**
     * What an encoder was opened from; empty of one that has no model of its own. Its files may have been moved since.
     */
    public static Optional<ModelFolder> of(Encoder encoder) {
        Encoder exact = encoder instanceof BothPrecisions both ? both.exact() : encoder;
        return exact instanceof OnnxEncoder onnx ? Optional.of(onnx.source()) : Optional.empty();
    }

    /** The same files in another place. */
    public ModelFolder at(Path otherModel, Path otherTokenizer) {
        return new ModelFolder(
                id,
                otherModel,
                otherTokenizer,
                modelSha256,
                tokenizerSha256,
                pooling,
                prefix,
                maxTokens,
                precision,
                parameters);
    }

    /** The same encoder with other weights. */
    public ModelFolder with(Path otherModel, String otherSha256) {
        return new ModelFolder(
                id,
                otherModel,
                tokenizer,
                otherSha256,
                tokenizerSha256,
                pooling,
                prefix,
                maxTokens,
                precision,
                parameters);
    }

    /** The same files with what was found out about their weights. */
    ModelFolder weighing(String foundPrecision, long foundParameters) {
        return new ModelFolder(
                id,
                model,
                tokenizer,
                modelSha256,
                tokenizerSha256,
                pooling,
                prefix,
                maxTokens,
                foundPrecision,
                foundParameters);
    }

    /** Hash over everything that decides an embedding, for a window of at most {@code window} tokens. */
    String digest(int window) {
        return digest(window, precision);
    }

    /** The same for weights that were rounded to bytes here. */
    String digestOfBytes(int window) {
        return digest(window, "int8 by rows " + QuantisedWeights.VERSION);
    }

    private String digest(int window, String arithmetic) {
        return Sha256.of(String.join(
                "\n",
                "encoder 1",
                modelSha256,
                tokenizerSha256,
                pooling.name(),
                prefix,
                Integer.toString(window),
                arithmetic));
    }
}
