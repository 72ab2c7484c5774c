// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Properties;

/** Beside the files of a registered encoder: what they must hash to, and how its output is read. */
final class MemberManifest {
    static final String MODEL = "model.onnx";
    static final String TOKENIZER = "tokenizer.json";

    private static final String FILE = "member.properties";

    private MemberManifest() {}

    /** Writes the manifest, and waits until it and the files beside it are on disk. */
    static void write(ModelFolder checked, Path folder) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("model-sha256", checked.modelSha256());
        properties.setProperty("tokenizer-sha256", checked.tokenizerSha256());
        properties.setProperty("pooling", checked.pooling().name());
        properties.setProperty("prefix", checked.prefix());
        properties.setProperty("max-tokens", Integer.toString(checked.maxTokens()));
        properties.setProperty("precision", checked.precision());
        properties.setProperty("parameters", Long.toString(checked.parameters()));
        try (OutputStream out = Files.newOutputStream(folder.resolve(FILE))) {
            properties.store(out, null);
        }
        for (String file : List.of(MODEL, TOKENIZER, FILE)) {
            try (FileChannel channel = FileChannel.open(folder.resolve(file), StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    /**
     * What was registered.
     *
     * @throws Refusal.Invalid when the manifest is missing or spoilt
     */
    static ModelFolder read(String id, Path folder) {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(folder.resolve(FILE))) {
            properties.load(in);
            return new ModelFolder(
                    id,
                    folder.resolve(MODEL),
                    folder.resolve(TOKENIZER),
                    required(properties, "model-sha256"),
                    required(properties, "tokenizer-sha256"),
                    Pooling.valueOf(required(properties, "pooling")),
                    required(properties, "prefix"),
                    Integer.parseInt(required(properties, "max-tokens")),
                    required(properties, "precision"),
                    Long.parseLong(required(properties, "parameters")));
        } catch (IOException | IllegalArgumentException spoilt) {
            throw new Refusal.Invalid("", "The manifest of the member cannot be read; register the member again.");
        }
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("the manifest lacks " + key);
        }
        return value;
    }
}
