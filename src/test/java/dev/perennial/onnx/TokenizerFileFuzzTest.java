// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.encode.Passage;
import dev.perennial.fuzz.MutatedSeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A stranger's {@code tokenizer.json}, by what decides whether it is run and by our own reader of word pieces. The
 * native tokenizer is not called: it can end the process, which is why the service first runs it in another one.
 */
final class TokenizerFileFuzzTest {
    private static final String TEXT = "How do I activate my new card? \u4F60\u597D caf\u00E9 \uD83D\uDE00";
    private static final TextWindow WINDOW = new TextWindow("", 16);

    @TempDir
    private static Path directory;

    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts(TinyModel.tokenizer(), """
                {"added_tokens":[{"id":0,"content":"[PAD]","special":true}],"normalizer":{"type":"NFC"},
                 "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},
                  {"type":"Split","pattern":{"String":" "},"behavior":"Isolated"}]},
                 "decoder":{"type":"ByteLevel"},
                 "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[PAD]","type_id":0}},
                  {"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{"[PAD]":{"id":"[PAD]","ids":[0],
                  "tokens":["[PAD]"]}}},
                 "model":{"type":"BPE","vocab":{"[PAD]":0,"a":1,"b":2,"ab":3},"merges":[["a","b"]]}}""", """
                {"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["a",-1.5]]}}""");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aTokenizer_isReadOrRefused(byte[] input) throws Exception {
        Path file = Files.write(directory.resolve("tokenizer.json"), input);
        Optional<Long> largest = valueOrRefusal(() -> TokenizerScan.scan(file));
        require(largest.orElse(0L) >= 0, "a vocabulary without ids");
        if (largest.isPresent()) {
            TokenizerScan.specialTokens(file).forEach(token -> require(!token.isEmpty(), "a mark that is nothing"));
        }
        Optional<WordPieceTokenizer> tokenizer = wordPieces(file);
        if (tokenizer.isPresent() && largest.isPresent()) {
            tokenizer.get().tokenize(Passage.of(TEXT));
        }
    }

    private static Optional<WordPieceTokenizer> wordPieces(Path file) {
        try {
            return WordPieceFile.read(file, WINDOW);
        } catch (IOException notJson) {
            return Optional.empty();
        }
    }

    @Test
    void someTokenizers_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aTokenizer_isReadOrRefused);
    }
}
