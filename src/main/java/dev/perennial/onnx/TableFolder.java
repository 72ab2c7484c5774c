// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.TableEncoder;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Everything needed to open a static encoder: where its table and its tokenizer are, and what they must hash to.
 *
 * @param id name, {@code [a-z0-9][a-z0-9.-]{0,62}}
 * @param teacher id of the encoder that the table was made of
 * @param table file with a row for each id that the tokenizer gives
 * @param tokenizer Hugging Face {@code tokenizer.json} of the teacher
 * @param tableSha256 expected hash of the table, lower-case hex
 * @param tokenizerSha256 expected hash of the tokenizer file
 * @param prefix what is put before every passage
 * @param dimension length of a row
 */
public record TableFolder(
        String id,
        String teacher,
        Path table,
        Path tokenizer,
        String tableSha256,
        String tokenizerSha256,
        String prefix,
        int dimension) {

    /**
     * Opens the encoder.
     *
     * @throws Refusal.Invalid when a file is not there, or not what it should be
     */
    public TableEncoder open() {
        try {
            if (!Sha256.of(table).equals(tableSha256)) {
                throw new Refusal.Invalid("/model", "The static table is damaged: its SHA-256 is another.");
            }
            if (!Sha256.of(tokenizer).equals(tokenizerSha256)) {
                throw new Refusal.Invalid("/tokenizer", "The tokenizer is damaged: its SHA-256 is another.");
            }
            return StaticEncoder.open(this);
        } catch (IOException e) {
            throw new Refusal.Invalid("/model", "The static table or its tokenizer cannot be read.");
        }
    }
}
