// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A sentence encoder of a few kilobytes: a token table looked up by one Gather, and a word-piece tokenizer for it. */
public final class TinyModel {
    static final int DIMENSION = 8;
    private static final List<String> PIECES = List.of(
            "[PAD]",
            "[UNK]",
            "[CLS]",
            "[SEP]",
            "how",
            "do",
            "i",
            "activate",
            "my",
            "new",
            "card",
            "the",
            "a",
            "ab",
            "volcanoes",
            "erupt",
            "under",
            "ocean",
            "?",
            "!",
            ".",
            "##a",
            "##b",
            "is",
            "it",
            "open",
            "door",
            "closed",
            "word",
            "quick",
            "fox",
            "x");

    private TinyModel() {}

    static int vocabulary() {
        return PIECES.size();
    }

    /** The model, with {@code change} made to its graph. */
    static ModelProto model(Consumer<GraphProto.Builder> change) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("tiny")
                .addInput(value("input_ids", DataType.INT64, "batch", "sequence"))
                .addInput(value("attention_mask", DataType.INT64, "batch", "sequence"))
                .addInitializer(table(vocabulary(), new Random(5)))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Gather")
                        .addInput("table")
                        .addInput("input_ids")
                        .addOutput("last_hidden_state"))
                .addOutput(value("last_hidden_state", DataType.FLOAT, "batch", "sequence", "8"));
        change.accept(graph);
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(14))
                .setGraph(graph)
                .build();
    }

    public static ModelProto model() {
        return model(graph -> {});
    }

    static TensorProto table(int rows, Random random) {
        ByteBuffer values = ByteBuffer.allocate(rows * DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            values.putFloat(random.nextFloat() - 0.5f);
        }
        return TensorProto.newBuilder()
                .setName("table")
                .setDataType(DataType.FLOAT_VALUE)
                .addDims(rows)
                .addDims(DIMENSION)
                .setRawData(ByteString.copyFrom(values.array()))
                .build();
    }

    static ValueInfoProto value(String name, DataType type, String... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String dimension : dimensions) {
            boolean fixed = Character.isDigit(dimension.charAt(0));
            shape.addDim(
                    fixed
                            ? Dimension.newBuilder().setDimValue(Long.parseLong(dimension))
                            : Dimension.newBuilder().setDimParam(dimension));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }

    /** The tokenizer, with {@code change} made to its JSON. */
    static String tokenizer(Consumer<ObjectNode> change) {
        try {
            ObjectNode json = (ObjectNode) new ObjectMapper().readTree(TOKENIZER);
            ObjectNode vocabulary = ((ObjectNode) json.path("model")).putObject("vocab");
            for (int id = 0; id < PIECES.size(); id++) {
                vocabulary.put(PIECES.get(id), id);
            }
            change.accept(json);
            return json.toString();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String tokenizer() {
        return tokenizer(json -> {});
    }

    /** A folder as sentence-transformers writes it. */
    public static Path folder(Path directory, byte[] model, String tokenizer) throws IOException {
        Files.createDirectories(directory.resolve("1_Pooling"));
        Files.write(directory.resolve("model.onnx"), model);
        Files.writeString(directory.resolve("tokenizer.json"), tokenizer);
        Files.writeString(directory.resolve("config.json"), "{\"max_position_embeddings\": 64}");
        Files.writeString(
                directory.resolve("1_Pooling/config.json"),
                "{\"word_embedding_dimension\": 8, \"pooling_mode_mean_tokens\": true, \"pooling_mode_cls_token\": false}");
        return directory;
    }

    private static final String TOKENIZER = """
            {"version": "1.0",
             "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 9},
             "padding": {"strategy": {"Fixed": 128}, "direction": "Right", "pad_to_multiple_of": null,
                         "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
             "added_tokens": [
               {"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true},
               {"id": 3, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true}],
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                            "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                          {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
               "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                        {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
                        {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
               "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                                  "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
             "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 100}}
            """;
}
