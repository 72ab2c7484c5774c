// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** All of a {@code tokenizer.json} but its vocabulary, held against what {@link WordPieceTokenizer} does. */
final class WordPieceSettings {
    static final String CONTINUATION = "##";

    private static final int LONGEST_WORD = 1000;
    private static final Set<String> MEMBERS = Set.of(
            "version",
            "truncation",
            "padding",
            "added_tokens",
            "normalizer",
            "pre_tokenizer",
            "post_processor",
            "decoder");
    private static final Set<String> MEMBERS_OF_MODEL =
            Set.of("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word");

    /** Its brackets keep it from ever being cut out of a text: each is a word of its own. */
    private static final Pattern MARK = Pattern.compile("\\[[A-Za-z0-9_]+]");

    private final ObjectNode file = JsonNodeFactory.instance.objectNode();
    private final ObjectNode model = JsonNodeFactory.instance.objectNode();

    /** Takes the member that the parser stands on, unless its name says that there is more to it. */
    boolean read(JsonParser parser) throws IOException {
        return MEMBERS.contains(parser.currentName()) && set(file, parser);
    }

    /** Takes a member of the model. */
    boolean readOfModel(JsonParser parser) throws IOException {
        return MEMBERS_OF_MODEL.contains(parser.currentName()) && set(model, parser);
    }

    private static boolean set(ObjectNode object, JsonParser parser) throws IOException {
        String name = parser.currentName();
        parser.nextToken();
        JsonNode value = parser.readValueAsTree();
        object.set(name, value);
        return true;
    }

    boolean areKnown() {
        return isModelKnown()
                && isNormalizerKnown()
                && file.path("pre_tokenizer").equals(typed("BertPreTokenizer"))
                && file.path("truncation").path("direction").asText("Right").equals("Right")
                && StreamSupport.stream(file.path("added_tokens").spliterator(), false)
                        .allMatch(WordPieceSettings::isMark)
                && isProcessorKnown();
    }

    private boolean isModelKnown() {
        JsonNode longest = model.path("max_input_chars_per_word");
        return model.path("type").asText().equals("WordPiece")
                && model.path("unk_token").isTextual()
                && model.path("continuing_subword_prefix").asText().equals(CONTINUATION)
                && longest.isInt()
                && longest.asInt() > 0
                && longest.asInt() <= LONGEST_WORD;
    }

    private boolean isNormalizerKnown() {
        JsonNode normalizer = file.path("normalizer");
        JsonNode accents = normalizer.path("strip_accents");
        return normalizer.path("type").asText().equals("BertNormalizer")
                && normalizer.path("clean_text").asBoolean()
                && normalizer.path("handle_chinese_chars").asBoolean()
                && normalizer.path("lowercase").isBoolean()
                && (accents.isBoolean() || accents.isNull() || accents.isMissingNode());
    }

    private static boolean isMark(JsonNode token) {
        return token.path("special").asBoolean()
                && token.path("normalized").isBoolean()
                && !token.path("normalized").asBoolean()
                && MARK.matcher(token.path("content").asText()).matches();
    }

    private boolean isProcessorKnown() {
        JsonNode processor = file.path("post_processor");
        return switch (processor.path("type").asText()) {
            case "BertProcessing" ->
                isId(processor.path("cls").path(1))
                        && isId(processor.path("sep").path(1));
            case "TemplateProcessing" -> isTemplateKnown(processor);
            default -> false;
        };
    }

    private boolean isTemplateKnown(JsonNode processor) {
        JsonNode single = processor.path("single");
        String first = name(single.path(0));
        String last = name(single.path(2));
        String[] pieces = {mark(first, 0), text("A", 0), mark(last, 0), text("B", 1), mark(last, 1)};
        return single.toString().equals("[" + String.join(",", pieces[0], pieces[1], pieces[2]) + "]")
                && processor.path("pair").toString().equals("[" + String.join(",", pieces) + "]")
                && isOneId(processor, first)
                && isOneId(processor, last);
    }

    private static boolean isOneId(JsonNode processor, String name) {
        JsonNode ids = processor.path("special_tokens").path(name).path("ids");
        return ids.size() == 1 && isId(ids.path(0));
    }

    private static boolean isId(JsonNode id) {
        return id.isInt() && id.asInt() >= 0;
    }

    private static String name(JsonNode piece) {
        return piece.path("SpecialToken").path("id").asText();
    }

    private static String mark(String name, int type) {
        return piece("SpecialToken", name, type);
    }

    private static String text(String name, int type) {
        return piece("Sequence", name, type);
    }

    private static String piece(String kind, String name, int type) {
        ObjectNode piece = JsonNodeFactory.instance.objectNode();
        piece.putObject(kind).put("id", name).put("type_id", type);
        return piece.toString();
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    boolean takesLowercase() {
        return file.path("normalizer").path("lowercase").asBoolean();
    }

    boolean stripsAccents() {
        return file.path("normalizer").path("strip_accents").asBoolean(takesLowercase());
    }

    String unknown() {
        return model.path("unk_token").asText();
    }

    int wordPoints() {
        return model.path("max_input_chars_per_word").asInt();
    }

    WordPieceTokenizer.Ends ends() {
        JsonNode processor = file.path("post_processor");
        if (processor.path("type").asText().equals("BertProcessing")) {
            return new WordPieceTokenizer.Ends(
                    processor.path("cls").path(1).asInt(),
                    processor.path("sep").path(1).asInt());
        }
        return new WordPieceTokenizer.Ends(id(processor, 0), id(processor, 2));
    }

    private static int id(JsonNode processor, int piece) {
        String name = name(processor.path("single").path(piece));
        return processor.path("special_tokens").path(name).path("ids").path(0).asInt();
    }
}
