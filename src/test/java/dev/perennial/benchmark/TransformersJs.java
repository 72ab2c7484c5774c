// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.onnx.ModelFolder;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** transformers.js on one thread, in a process of its own that is spoken to line by line. For one thread. */
final class TransformersJs implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SCRIPT = Path.of("bench", "peers", "embed.mjs");
    private static final Path INSTALLED = Path.of("bench", "peers", "node_modules");

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    private TransformersJs(Process process) {
        this.process = process;
        this.questions = process.outputWriter();
        this.answers = process.inputReader();
    }

    /** Whether it was installed, which the build never does. */
    static boolean installed() {
        return Files.isDirectory(INSTALLED);
    }

    /** Starts it on a model, whose files are put in a folder in the way it wants them. */
    static TransformersJs start(ModelFolder model, Path folder) throws IOException {
        Files.createDirectories(folder.resolve("onnx"));
        Files.copy(model.model(), folder.resolve("onnx/model.onnx"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(model.tokenizer(), folder.resolve("tokenizer.json"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(folder.resolve("config.json"), JSON.writeValueAsString(Map.of("model_type", "bert")));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                JSON.writeValueAsString(Map.of(
                        "tokenizer_class", "BertTokenizer",
                        "model_max_length", 256,
                        "pad_token", "[PAD]")));
        return new TransformersJs(new ProcessBuilder("node", SCRIPT.toString(), folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    Peer.Embedded embed(List<String> texts, int size) throws IOException {
        questions.write(JSON.writeValueAsString(Map.of("texts", texts, "size", size)));
        questions.newLine();
        questions.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IllegalStateException("node ended");
        }
        JsonNode answer = JSON.readTree(line);
        List<float[]> vectors = new ArrayList<>();
        for (JsonNode vector : answer.path("vectors")) {
            vectors.add(JSON.convertValue(vector, float[].class));
        }
        return new Peer.Embedded(vectors, answer.path("cpuSeconds").asDouble());
    }

    @Override
    public void close() throws IOException {
        questions.close();
        process.destroy();
    }
}
