// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.List;

/**
 * How heads are fitted.
 *
 * @param kernelRows up to so many rows the exact kernel form is used, beyond it fixed random features
 * @param jointFeatures random features of the head that sees all members
 * @param memberFeatures random features of each member's own head
 * @param staticFeatures those of a static member's, whose vectors are worse and whose head is asked most
 * @param heldOutRows how many examples, chosen by their keys, are predicted leave-one-out to calibrate large tasks
 * @param widths kernel widths to choose from, the default first, which is also that of the random features
 * @param ridges ridges to choose from in kernel form, the default first
 * @param featureRidges ridges to choose from over random features, the default first
 * @param descriptionWeight how much a label's description counts against an example, a multiple of {@code 2^-6}
 */
public record FitSettings(
        int kernelRows,
        int jointFeatures,
        int memberFeatures,
        int staticFeatures,
        int heldOutRows,
        List<Double> widths,
        List<Double> ridges,
        List<Double> featureRidges,
        double descriptionWeight) {
    public static final FitSettings DEFAULT = new FitSettings(
            2000,
            2048,
            1024,
            2048,
            1024,
            List.of(1.0, 0.5, 2.0, 4.0),
            List.of(0.1, 0.03, 0.3, 0.01, 1.0),
            List.of(0.01, 0.1, 1.0),
            0.25);

    public FitSettings {
        widths = List.copyOf(widths);
        ridges = List.copyOf(ridges);
        featureRidges = List.copyOf(featureRidges);
    }
}
