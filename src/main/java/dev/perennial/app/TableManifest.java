// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.onnx.TableFolder;
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

/** Beside the files of a distilled static encoder: what they must hash to, and what they were made of. */
final class TableManifest {
    private static final String FILE = "table.properties";

    private TableManifest() {}

    /** Whether a folder holds a static encoder. */
    static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    /** Writes the manifest, and waits until it and the files beside it are on disk. */
    static void write(TableFolder made, Path folder) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("teacher", made.teacher());
        properties.setProperty("table", made.table().getFileName().toString());
        properties.setProperty("tokenizer", made.tokenizer().getFileName().toString());
        properties.setProperty("table-sha256", made.tableSha256());
        properties.setProperty("tokenizer-sha256", made.tokenizerSha256());
        properties.setProperty("prefix", made.prefix());
        properties.setProperty("dimension", Integer.toString(made.dimension()));
        Path manifest = folder.resolve(FILE);
        try (OutputStream out = Files.newOutputStream(manifest)) {
            properties.store(out, null);
        }
        for (Path file : List.of(made.table(), made.tokenizer(), manifest)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    /**
     * What was distilled.
     *
     * @throws Refusal.Invalid when the manifest is spoilt
     */
    static TableFolder read(String id, Path folder) {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(folder.resolve(FILE))) {
            properties.load(in);
            return new TableFolder(
                    id,
                    required(properties, "teacher"),
                    folder.resolve(required(properties, "table")),
                    folder.resolve(required(properties, "tokenizer")),
                    required(properties, "table-sha256"),
                    required(properties, "tokenizer-sha256"),
                    required(properties, "prefix"),
                    positive(required(properties, "dimension")));
        } catch (IOException | IllegalArgumentException spoilt) {
            throw new Refusal.Invalid("", "The manifest of the static member cannot be read; distil it again.");
        }
    }

    private static int positive(String number) {
        int parsed = Integer.parseInt(number);
        if (parsed < 1) {
            throw new IllegalArgumentException("the manifest has a number that is not positive");
        }
        return parsed;
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("the manifest lacks " + key);
        }
        return value;
    }
}
