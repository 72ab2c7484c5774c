// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a training changed of an encoder: a small thing that makes of the encoder's file an adapted one
 * ({@link AdaptedFile}).
 */
public final class Adapter {
    private static final String KIND = "kind";
    private static final String ADAPTER = "adapter 1";
    private static final String BASE = "base";
    private static final String SELECTION = "selection";
    private static final String SCALE = "scale";
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final long MOST_BYTES = 512L << 20;

    private final String baseSha256;
    private final String selection;
    private final float scale;
    private final List<StoredTensor> tensors;
    private final Optional<Proof> proof;

    /**
     * @param baseSha256 of the encoder's file
     * @param selection what was adapted, in words
     * @param scale s of corrections {@code s A B}
     */
    Adapter(String baseSha256, String selection, float scale, List<StoredTensor> tensors) {
        this(baseSha256, selection, scale, tensors, Optional.empty());
    }

    private Adapter(
            String baseSha256, String selection, float scale, List<StoredTensor> tensors, Optional<Proof> proof) {
        this.baseSha256 = baseSha256;
        this.selection = selection;
        this.scale = scale;
        this.tensors = List.copyOf(tensors);
        this.proof = proof;
    }

    /** The same with a proof. */
    Adapter provedBy(Proof given) {
        return new Adapter(baseSha256, selection, scale, tensors, Optional.of(given));
    }

    /** What the adapted encoder is to give; empty of an adapter that was written without. */
    public Optional<Proof> proof() {
        return proof;
    }

    /** SHA-256 of the file of the encoder that it belongs to. */
    public String baseSha256() {
        return baseSha256;
    }

    /** What was adapted, in words. */
    public String selection() {
        return selection;
    }

    /** How many numbers it holds. */
    public long parameters() {
        return tensors.stream().mapToLong(tensor -> tensor.values().length).sum();
    }

    float scale() {
        return scale;
    }

    List<StoredTensor> tensors() {
        return tensors;
    }

    /** Writes a file that only its owner can read. */
    public void write(Path file) throws IOException {
        List<StoredTensor> all = new ArrayList<>(tensors);
        proof.ifPresent(given -> all.addAll(given.tensors()));
        new TensorFile(Map.of(KIND, ADAPTER, BASE, baseSha256, SELECTION, selection, SCALE, Float.toString(scale)), all)
                .write(file);
    }

    /** @throws Refusal.Invalid when the file is not an adapter, or was changed */
    public static Adapter read(Path file) throws IOException {
        return of(TensorFile.read(file, MOST_BYTES));
    }

    /**
     * Reads what a file holds.
     *
     * @throws Refusal.Invalid when it is not an adapter, or was changed
     */
    public static Adapter of(byte[] file) {
        return of(TensorFile.of(file));
    }

    private static Adapter of(TensorFile content) {
        Map<String, String> header = content.header();
        List<StoredTensor> changes = content.tensors().stream()
                .filter(tensor -> !Proof.holds(tensor))
                .toList();
        boolean known = ADAPTER.equals(header.get(KIND));
        String base = header.getOrDefault(BASE, "");
        float scale = scale(header.getOrDefault(SCALE, ""));
        if (!known || !SHA256.matcher(base).matches() || !Float.isFinite(scale) || changes.isEmpty()) {
            throw new Refusal.Invalid("/adapter", "The file is not an adapter.");
        }
        return new Adapter(base, header.getOrDefault(SELECTION, ""), scale, changes, Proof.among(content.tensors()));
    }

    private static float scale(String text) {
        try {
            return Float.parseFloat(text);
        } catch (NumberFormatException e) {
            return Float.NaN;
        }
    }
}
