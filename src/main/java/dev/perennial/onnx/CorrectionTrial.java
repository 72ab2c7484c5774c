// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtException;
import dev.perennial.math.FloatMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Whether corrections give what they should, and leave alone what they do not concern. */
final class CorrectionTrial {
    /** Greatest difference of a component that rounding explains. */
    private static final double MOST_DIFFERENCE = 1e-5;

    private final Factors factors;
    private final List<Correction> ofMatrices;
    private final List<TokenizedPassage> texts;
    private final FloatMatrix vectors;

    CorrectionTrial(ProvenCorrections corrections, Factors factors) {
        this.factors = factors;
        this.ofMatrices = corrections.ofMatrices();
        this.texts = corrections.texts().stream()
                .map(text -> new TokenizedPassage(text.ids(), text.types(), false))
                .toList();
        this.vectors = corrections.vectors();
    }

    /** Computes unit vectors of texts, each with its factors. */
    interface Run {
        float[][] of(List<TokenizedPassage> texts, List<Factors> factors) throws OrtException;
    }

    Factors factors() {
        return factors;
    }

    /** Why it does not give what it should. */
    Optional<String> difference(Run run) throws OrtException {
        float[][] given = run.of(texts, Collections.nCopies(texts.size(), factors));
        double worst = 0;
        for (int row = 0; row < given.length; row++) {
            if (given[row].length != vectors.columns()) {
                return Optional.of("its vectors have another length");
            }
            for (int k = 0; k < given[row].length; k++) {
                worst = Math.max(worst, Math.abs((double) given[row][k] - vectors.at(row, k)));
            }
        }
        return worst <= MOST_DIFFERENCE
                ? Optional.empty()
                : Optional.of("its vectors differ from those of the training by " + worst);
    }

    /** The same, or that vectors depend on what else is in a run. */
    Optional<String> fault(Run run, OnnxEncoder host) throws OrtException {
        Optional<String> difference = difference(run);
        if (difference.isPresent()) {
            return difference;
        }
        List<Factors> mixture = List.of(
                factors,
                Factors.NONE,
                Factors.of(ofMatrices.stream().map(Correction::turned).toList()));
        List<Factors> mixed = new ArrayList<>();
        texts.forEach(text -> mixed.add(mixture.get(mixed.size() % mixture.size())));
        float[][] together = run.of(texts, mixed);
        for (int i = 0; i < together.length; i++) {
            List<TokenizedPassage> alone = List.of(texts.get(i));
            boolean same = Arrays.equals(together[i], run.of(alone, List.of(mixed.get(i)))[0])
                    && (!mixed.get(i).isNone() || Arrays.equals(together[i], host.embed(texts.get(i))));
            if (!same) {
                return Optional.of("beside other texts, a vector has other bits");
            }
        }
        return Optional.empty();
    }
}
