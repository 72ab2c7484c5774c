// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

/**
 * Reads a {@code tokenizer.json} whose every part is one that {@link WordPieceTokenizer} does the same way, and no
 * other.
 *
 * <p>The vocabulary, which is nearly all of the file, is taken from the stream without a tree of it. Not thread-safe.
 */
final class WordPieceFile {
    private static final String MODEL = "model";
    private static final String VOCABULARY = "vocab";

    private final WordPieceSettings settings = new WordPieceSettings();
    private final PieceTable.Builder beginnings = new PieceTable.Builder();
    private final PieceTable.Builder continuations = new PieceTable.Builder();
    private final BitSet letters = new BitSet();

    private WordPieceFile() {}

    /**
     * The tokenizer of a file, or nothing when it asks for anything else.
     *
     * @throws IOException when the file is not JSON, repeats a member, or is too large
     */
    static Optional<WordPieceTokenizer> read(Path file, TextWindow window) throws IOException {
        WordPieceFile reading = new WordPieceFile();
        try (JsonParser parser = StrictJson.parser(file, TokenizerScan.MAX_BYTES)) {
            return reading.readFile(parser) ? reading.tokenizer(window) : Optional.empty();
        }
    }

    private boolean readFile(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        boolean known = true;
        while (known && parser.nextToken() == JsonToken.FIELD_NAME) {
            known = parser.currentName().equals(MODEL) ? readModel(parser) : settings.read(parser);
        }
        return known && parser.nextToken() == null;
    }

    private boolean readModel(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        boolean known = true;
        while (known && parser.nextToken() == JsonToken.FIELD_NAME) {
            known = parser.currentName().equals(VOCABULARY) ? readVocabulary(parser) : settings.readOfModel(parser);
        }
        return known;
    }

    private boolean readVocabulary(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String token = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT
                    || !parser.getNumberType().equals(JsonParser.NumberType.INT)) {
                return false;
            }
            add(token, parser.getIntValue());
        }
        return true;
    }

    private void add(String token, int id) {
        boolean continues = token.startsWith(WordPieceSettings.CONTINUATION);
        PieceTable.Builder pieces = continues ? continuations : beginnings;
        pieces.add(token, continues ? WordPieceSettings.CONTINUATION.length() : 0, id);
        for (int at = 0; at < token.length(); at += Character.charCount(token.codePointAt(at))) {
            letters.set(token.codePointAt(at));
        }
    }

    private Optional<WordPieceTokenizer> tokenizer(TextWindow window) {
        int pieces = Math.max(beginnings.size(), continuations.size());
        if (pieces > PieceTable.MAX_PIECES || !settings.areKnown()) {
            return Optional.empty();
        }
        CharacterFolding folding = CharacterFolding.of(settings.stripsAccents(), settings.takesLowercase());
        PieceTable beginningsFound = beginnings.build();
        char[] unknown = settings.unknown().toCharArray();
        int unknownPiece = beginningsFound.longestAt(unknown, 0, unknown.length);
        if (unknownPiece < 0 || beginningsFound.length(unknownPiece) != unknown.length || !sorted(folding)) {
            return Optional.empty();
        }
        WordPiece.Limits limits = new WordPiece.Limits(beginningsFound.id(unknownPiece), settings.wordPoints());
        WordPiece wordPiece = new WordPiece(folding, beginningsFound, continuations.build(), limits);
        return Optional.of(new WordPieceTokenizer(wordPiece, settings.ends(), window));
    }

    /** Whether no piece has a letter that moves, or half a surrogate pair. */
    private boolean sorted(CharacterFolding folding) {
        return letters.stream()
                .noneMatch(letter -> CharacterFolding.kind(folding.of(letter)) == CharacterFolding.REORDERED
                        || Character.getType(letter) == Character.SURROGATE);
    }
}
