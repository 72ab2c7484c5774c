// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
    private final List<String> specialTokens;
    private final String prefix;
    private final int maxChars;

    private PassageTokenizer(HuggingFaceTokenizer tokenizer, List<String> specialTokens, String prefix, int maxChars) {
        this.tokenizer = tokenizer;
        this.specialTokens = List.copyOf(specialTokens);
        this.prefix = prefix;
        this.maxChars = maxChars;
    }

    static PassageTokenizer open(Path file, String prefix, int window) throws IOException {
        List<String> specialTokens = TokenizerScan.specialTokens(file);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder(Map.of("modelMaxLength", window))
                .optTokenizerPath(file)
                .optPadding(false)
                .optTruncation(true)
                .optMaxLength(window)
                .optStride(0)
                .build();
        return new PassageTokenizer(tokenizer, specialTokens, prefix, CHARS_PER_TOKEN * window);
    }

    TokenizedPassage tokenize(Passage passage) {
        String text = prefix + passage.text();
        String first = plain(cut(text));
        Encoding encoding = passage.second()
                .map(second -> tokenizer.encode(first, plain(cut(second))))
                .orElseGet(() -> tokenizer.encode(first));
        boolean cut =
                text.length() > maxChars || passage.second().map(String::length).orElse(0) > maxChars;
        return new TokenizedPassage(encoding.getIds(), encoding.getTypeIds(), cut || encoding.exceedMaxLength());
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

    private String cut(String text) {
        if (text.length() <= maxChars) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
        return text.substring(0, end);
    }
}
