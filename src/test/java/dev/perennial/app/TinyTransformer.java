// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.TinyModel;
import dev.perennial.train.FileHash;
import dev.perennial.train.TinyBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Encoders of a few kilobytes that can be adapted. */
final class TinyTransformer {
    private TinyTransformer() {}

    /** A folder in which a random BERT lies with a tokenizer that has no more pieces than it. */
    static ModelFolder in(Path directory, long seed) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("tiny-" + seed));
        Path model = new TinyBert(seed).write(folder.resolve("model.onnx"));
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(TinyModel.tokenizer());
        ObjectNode pieces = (ObjectNode) json.path("model").path("vocab");
        List<String> names = new ArrayList<>();
        pieces.fieldNames().forEachRemaining(names::add);
        names.stream()
                .filter(name -> pieces.path(name).asInt() >= TinyBert.VOCABULARY)
                .forEach(pieces::remove);
        Path tokenizer = Files.writeString(folder.resolve("tokenizer.json"), json.toString());
        return new ModelFolder(
                "tiny",
                model,
                tokenizer,
                FileHash.of(model),
                FileHash.of(tokenizer),
                Pooling.MEAN,
                "",
                TinyBert.POSITIONS,
                "fp32",
                3000);
    }
}
