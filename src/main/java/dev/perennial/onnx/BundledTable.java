// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Encoder;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The static table that the build has made of a shipped encoder (see {@link StaticTableBuild}).
 *
 * @param teacher id of that encoder
 * @param sha256 of the table's file, lower-case hex
 * @param dimension length of its rows
 * @param basis names everything that decided the table
 */
record BundledTable(String teacher, String sha256, int dimension, String basis) {
    static final String TABLE = "static.table";
    static final String DESCRIPTION = "static.properties";

    /** @throws Refusal.NotFound when the build has made none */
    static BundledTable read() {
        try (InputStream in = BundledTable.class.getResourceAsStream("/" + DESCRIPTION)) {
            if (in == null) {
                throw new Refusal.NotFound("encoder", StaticEncoder.ID);
            }
            Properties properties = new Properties();
            properties.load(in);
            return new BundledTable(
                    properties.getProperty("teacher"),
                    properties.getProperty("sha256"),
                    Integer.parseInt(properties.getProperty("dimension")),
                    properties.getProperty("basis"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@link #read} reads. */
    String description() {
        return String.join(
                "\n", "teacher=" + teacher, "sha256=" + sha256, "dimension=" + dimension, "basis=" + basis, "");
    }

    /**
     * Opens the encoder that looks texts up, from a file that is unpacked when it is absent or damaged.
     *
     * @param source what the table was made of, of which the tokenizer is used
     */
    Encoder open(Unpacking unpacking, ModelFolder source) {
        Path file = unpacking.directory().resolve(sha256 + ".table");
        try {
            if (!Files.exists(file) || !Sha256.of(file).equals(sha256)) {
                unpacking.unpack("/" + TABLE, file, sha256);
            }
            unpackTokenizer(unpacking, source);
            return StaticEncoder.open(folder(source, file, sha256));
        } catch (IOException e) {
            throw new Refusal.Invalid("/model", "The static table or its tokenizer cannot be read.");
        }
    }

    /** What opens a table in the place of this one. */
    TableFolder folder(ModelFolder source, Path file, String fileSha256) {
        return new TableFolder(
                StaticEncoder.ID,
                source.id(),
                file,
                source.tokenizer(),
                fileSha256,
                source.tokenizerSha256(),
                source.prefix(),
                dimension);
    }

    private static void unpackTokenizer(Unpacking unpacking, ModelFolder source) throws IOException {
        Path file = source.tokenizer();
        if (!Files.exists(file) || !Sha256.of(file).equals(source.tokenizerSha256())) {
            unpacking.unpack("/" + source.id() + "-tokenizer.json", file, source.tokenizerSha256());
        }
    }
}
