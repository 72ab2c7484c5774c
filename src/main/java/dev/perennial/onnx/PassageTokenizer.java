// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A Hugging Face tokenizer that never pads, whose truncation is ours whatever its file says.
 *
 * <p>Truncating to a window does not bound what a tokenizer costs, so a text is first cut to eight characters for each
 * token of the window. Thread-safe; must not be closed while in use.
 */
final class PassageTokenizer implements AutoCloseable {
    private static final int CHARS_PER_TOKEN = 8;

    private final HuggingFaceTokenizer tokenizer;
    private final String prefix;
    private final int maxChars;

    private PassageTokenizer(HuggingFaceTokenizer tokenizer, String prefix, int maxChars) {
        this.tokenizer = tokenizer;
        this.prefix = prefix;
        this.maxChars = maxChars;
    }

    static PassageTokenizer open(Path file, String prefix, int window) throws IOException {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder(Map.of("modelMaxLength", window))
                .optTokenizerPath(file)
                .optPadding(false)
                .optTruncation(true)
                .optMaxLength(window)
                .optStride(0)
                .build();
        return new PassageTokenizer(tokenizer, prefix, CHARS_PER_TOKEN * window);
    }

    TokenizedPassage tokenize(Passage passage) {
        String text = prefix + passage.text();
        String first = cut(text);
        Encoding encoding = passage.second()
                .map(second -> tokenizer.encode(first, cut(second)))
                .orElseGet(() -> tokenizer.encode(first));
        boolean cut =
                text.length() > maxChars || passage.second().map(String::length).orElse(0) > maxChars;
        return new TokenizedPassage(encoding.getIds(), encoding.getTypeIds(), cut || encoding.exceedMaxLength());
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private String cut(String text) {
        if (text.length() <= maxChars) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
        return text.substring(0, end);
    }
}
