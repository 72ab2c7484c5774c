// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.EncoderInfo.Pooling;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The two files by which a service and its canary talk: what to try, and how it went.
 *
 * @param directory private to one dry run
 */
record CanaryFiles(Path directory) {

    /**
     * How a dry run went.
     *
     * @param refusal why the model may not serve, if it may not
     * @param precision see {@link ModelFolder}
     * @param parameters see {@link ModelFolder}
     */
    record Verdict(Optional<Refused> refusal, String precision, long parameters) {
        static Verdict refused(String pointer, String reason) {
            return new Verdict(Optional.of(new Refused(pointer, reason)), "", 0);
        }
    }

    /**
     * Why a model may not serve.
     *
     * @param pointer which part is at fault
     * @param reason a sentence
     */
    record Refused(String pointer, String reason) {}

    void ask(ModelFolder folder) throws IOException {
        write(
                "candidate.properties",
                Map.of(
                        "id", folder.id(),
                        "model", folder.model().toString(),
                        "tokenizer", folder.tokenizer().toString(),
                        "modelSha256", folder.modelSha256(),
                        "tokenizerSha256", folder.tokenizerSha256(),
                        "pooling", folder.pooling().name(),
                        "prefix", folder.prefix(),
                        "maxTokens", Integer.toString(folder.maxTokens())));
    }

    ModelFolder candidate() throws IOException {
        Properties asked = read("candidate.properties");
        return new ModelFolder(
                asked.getProperty("id"),
                Path.of(asked.getProperty("model")),
                Path.of(asked.getProperty("tokenizer")),
                asked.getProperty("modelSha256"),
                asked.getProperty("tokenizerSha256"),
                Pooling.valueOf(asked.getProperty("pooling")),
                asked.getProperty("prefix"),
                Integer.parseInt(asked.getProperty("maxTokens")),
                "fp32",
                0);
    }

    void answer(Verdict verdict) throws IOException {
        write(
                "verdict.properties",
                verdict.refusal()
                        .map(refused -> Map.of("pointer", refused.pointer(), "reason", refused.reason()))
                        .orElseGet(() -> Map.of(
                                "precision", verdict.precision(), "parameters", Long.toString(verdict.parameters()))));
    }

    /** The verdict, if the canary lived to give one. */
    Optional<Verdict> verdict() throws IOException {
        if (!Files.exists(directory.resolve("verdict.properties"))) {
            return Optional.empty();
        }
        Properties given = read("verdict.properties");
        if (given.containsKey("reason")) {
            return Optional.of(Verdict.refused(given.getProperty("pointer"), given.getProperty("reason")));
        }
        return Optional.of(new Verdict(
                Optional.empty(), given.getProperty("precision"), Long.parseLong(given.getProperty("parameters"))));
    }

    private void write(String name, Map<String, String> values) throws IOException {
        Properties properties = new Properties();
        properties.putAll(values);
        try (OutputStream out = Files.newOutputStream(directory.resolve(name))) {
            properties.store(out, null);
        }
    }

    private Properties read(String name) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(directory.resolve(name))) {
            properties.load(in);
        }
        return properties;
    }
}
