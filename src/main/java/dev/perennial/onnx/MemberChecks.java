// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The door for models of strangers: a sentence-transformers folder or archive comes out as a {@link ModelFolder} that
 * may serve, or is refused with the reason.
 *
 * <p>Nothing of the model is parsed in this process except its small settings files. Thread-safe; one check costs some
 * seconds and up to the memory of {@link CheckLimits}, so callers run few at once.
 */
public final class MemberChecks {
    private static final String ID = "[a-z0-9][a-z0-9.-]{0,62}";

    private final CheckLimits limits;

    public MemberChecks(CheckLimits limits) {
        this.limits = limits;
    }

    /**
     * Checks a folder, which is used where it is and must not change afterwards.
     *
     * @param id name that the encoder is to have
     * @throws Refusal.Invalid with the reason
     */
    public ModelFolder check(String id, Path folder) {
        if (!id.matches(ID)) {
            throw new Refusal.Invalid("/id", "The id must match " + ID + ".");
        }
        SentenceTransformerFolder settings = SentenceTransformerFolder.read(folder.toAbsolutePath());
        ModelFolder candidate = new ModelFolder(
                id,
                settings.model(),
                settings.tokenizer(),
                hash(settings.model(), "/model"),
                hash(settings.tokenizer(), "/tokenizer"),
                settings.pooling(),
                settings.prefix(),
                settings.maxTokens(),
                "fp32",
                0);
        return new DryRun(limits).check(candidate);
    }

    /**
     * Unpacks a zip archive into a new folder under {@code directory} and checks it; a refused one leaves nothing.
     *
     * @param id name that the encoder is to have
     * @throws Refusal.Invalid with the reason
     * @throws Refusal.TooLarge when the archive unpacks to more than a model may have
     */
    public ModelFolder check(String id, InputStream zip, Path directory) throws IOException {
        Path folder = new ModelArchive(limits.maxModelBytes()).unpack(zip, directory);
        try {
            return check(id, folder);
        } catch (RuntimeException e) {
            ModelArchive.delete(folder);
            throw e;
        }
    }

    private String hash(Path file, String pointer) {
        try {
            if (Files.size(file) > limits.maxModelBytes()) {
                throw new Refusal.TooLarge("member_model_bytes", limits.maxModelBytes(), Files.size(file));
            }
            return Sha256.of(file);
        } catch (IOException e) {
            throw new Refusal.Invalid(pointer, "The file cannot be read.");
        }
    }
}
