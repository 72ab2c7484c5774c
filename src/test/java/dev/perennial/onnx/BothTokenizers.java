// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Passage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The two tokenizers of one file, side by side, and how many passages they have agreed on. */
final class BothTokenizers implements AutoCloseable {
    private final WordPieceTokenizer plain;
    private final NativeTokenizer reference;
    private int compared;

    private BothTokenizers(WordPieceTokenizer plain, NativeTokenizer reference) {
        this.plain = plain;
        this.reference = reference;
    }

    static BothTokenizers open(Path file, String prefix, int window) throws IOException {
        TextWindow texts = new TextWindow(prefix, window);
        return new BothTokenizers(WordPieceFile.read(file, texts).orElseThrow(), NativeTokenizer.open(file, texts));
    }

    /** The tokenizer of a shipped encoder, as a file. */
    static Path shipped(Path directory, String id) throws IOException {
        Path file = directory.resolve(id + ".json");
        try (InputStream in = BothTokenizers.class.getResourceAsStream("/" + id + "-tokenizer.json")) {
            Files.copy(Optional.ofNullable(in).orElseThrow(), file);
        }
        return file;
    }

    TokenizedPassage assertSame(Passage passage) {
        TokenizedPassage ours = plain.tokenize(passage);
        TokenizedPassage theirs = reference.tokenize(passage);
        assertThat(Arrays.equals(ours.ids(), theirs.ids())
                        && Arrays.equals(ours.types(), theirs.types())
                        && ours.truncated() == theirs.truncated())
                .as(() -> escaped(passage) + " is " + shown(ours) + " and should be " + shown(theirs))
                .isTrue();
        compared++;
        return ours;
    }

    TokenizedPassage assertSame(String text) {
        return assertSame(Passage.of(text));
    }

    int compared() {
        return compared;
    }

    private static String shown(TokenizedPassage tokens) {
        return Arrays.toString(tokens.ids()) + Arrays.toString(tokens.types()) + tokens.truncated();
    }

    private static String escaped(Passage passage) {
        return escaped(passage.text())
                + passage.second().map(second -> " and " + escaped(second)).orElse("");
    }

    private static String escaped(String text) {
        return text.chars()
                .mapToObj(letter ->
                        letter >= ' ' && letter < 127 ? Character.toString(letter) : String.format("\\u%04x", letter))
                .collect(Collectors.joining("", "\"", "\""));
    }

    @Override
    public void close() {
        reference.close();
    }
}
