// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.TableEncoder;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Static encoders of other tables than the one that ships, with its pieces and its teacher, in files of the caller's.
 * Thread-safe.
 */
public final class StaticTables {
    private final BundledTable bundled;
    private final ModelFolder source;

    /** @param source the teacher of the table that ships; its tokenizer is on disk */
    StaticTables(BundledTable bundled, ModelFolder source) {
        this.bundled = bundled;
        this.source = source;
    }

    /** Id of the encoder that the tables imitate. */
    public String teacher() {
        return bundled.teacher();
    }

    /** Tables are of use where this is equal: it names the teacher, its pieces and the length of a row. */
    public String basis() {
        return Sha256.of(String.join(
                "\n",
                source.modelSha256(),
                source.tokenizerSha256(),
                source.prefix(),
                Integer.toString(bundled.dimension())));
    }

    /**
     * Writes the table of an encoder and waits until it is on disk.
     *
     * @return SHA-256 of the file
     */
    public String write(TableEncoder encoder, Path file) throws IOException {
        return ((StaticEncoder) encoder).table().write(file);
    }

    /**
     * Opens the encoder of a file.
     *
     * @throws dev.perennial.refusal.Refusal.Invalid when the file is not there, or not what it should be
     */
    public TableEncoder open(Path file, String sha256) {
        return bundled.folder(source, file, sha256).open();
    }
}
