// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Passage;
import dev.perennial.encode.TokenSequence;
import dev.perennial.encode.Tokenizer;
import dev.perennial.refusal.Refusal;
import java.io.IOException;

/** The tokenizer of an encoder by itself. */
public final class EncoderTokenizer implements Tokenizer {
    private final PassageTokenizer tokenizer;

    private EncoderTokenizer(PassageTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * @param window most tokens of a passage
     * @throws Refusal.Invalid when the file is not a tokenizer
     */
    public static EncoderTokenizer open(ModelFolder folder, int window) {
        try {
            return new EncoderTokenizer(
                    PassageTokenizer.open(folder.tokenizer(), folder.prefix(), Math.min(window, folder.maxTokens())));
        } catch (IOException | RuntimeException e) {
            throw new Refusal.Invalid("/tokenizer", "The tokenizer file cannot be read as a Hugging Face tokenizer.");
        }
    }

    @Override
    public TokenSequence tokens(Passage passage) {
        TokenizedPassage tokens = tokenizer.tokenize(passage);
        return new TokenSequence(tokens.ids(), tokens.types());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
