// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Turns passages into the tokens of a {@code tokenizer.json}, never padded, with a truncation that is ours whatever the
 * file says. Thread-safe; must not be closed while in use.
 */
sealed interface PassageTokenizer extends AutoCloseable permits WordPieceTokenizer, NativeTokenizer {
    /**
     * In plain Java where a file asks for nothing else than {@link WordPiece} does, by the native library elsewhere.
     */
    static PassageTokenizer open(Path file, String prefix, int window) throws IOException {
        TextWindow texts = new TextWindow(prefix, window);
        Optional<WordPieceTokenizer> plain = WordPieceFile.read(file, texts);
        return plain.isPresent() ? plain.get() : NativeTokenizer.open(file, texts);
    }

    TokenizedPassage tokenize(Passage passage);

    @Override
    void close();
}
