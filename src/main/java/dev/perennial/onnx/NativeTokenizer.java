// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Hugging Face's own tokenizers, which read every kind of file. */
final class NativeTokenizer implements PassageTokenizer {
    private final HuggingFaceTokenizer tokenizer;
    private final List<String> specialTokens;
    private final TextWindow window;

    private NativeTokenizer(HuggingFaceTokenizer tokenizer, List<String> specialTokens, TextWindow window) {
        this.tokenizer = tokenizer;
        this.specialTokens = List.copyOf(specialTokens);
        this.window = window;
    }

    static NativeTokenizer open(Path file, TextWindow window) throws IOException {
        List<String> specialTokens = TokenizerScan.specialTokens(file);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder(Map.of("modelMaxLength", window.tokens()))
                .optTokenizerPath(file)
                .optPadding(false)
                .optTruncation(true)
                .optMaxLength(window.tokens())
                .optStride(0)
                .build();
        return new NativeTokenizer(tokenizer, specialTokens, window);
    }

    @Override
    public TokenizedPassage tokenize(Passage passage) {
        String first = plain(window.first(passage));
        Encoding encoding = window.second(passage)
                .map(second -> tokenizer.encode(first, plain(second)))
                .orElseGet(() -> tokenizer.encode(first));
        return new TokenizedPassage(
                encoding.getIds(), encoding.getTypeIds(), window.cuts(passage) || encoding.exceedMaxLength());
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    /**
     * The text without the model's own marks: a client who writes {@code [SEP]} means these five characters, and not
     * the end of a text.
     */
    private String plain(String text) {
        String plain = text;
        for (String token : specialTokens) {
            int afterFirst = token.offsetByCodePoints(0, 1);
            plain = plain.replace(token, token.substring(0, afterFirst) + " " + token.substring(afterFirst));
        }
        return plain;
    }
}
