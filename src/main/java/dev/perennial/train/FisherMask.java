// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Restricts parameters to the numbers of the greatest Fisher information ({@link Selection.TopShare}). */
final class FisherMask {
    private final List<Parameter> parameters;
    private final List<float[]> information;

    FisherMask(List<Parameter> parameters) {
        this.parameters = List.copyOf(parameters);
        this.information = parameters.stream()
                .map(parameter -> new float[parameter.size()])
                .toList();
    }

    /** Adds the squares of the present derivatives. */
    void add() {
        for (int p = 0; p < parameters.size(); p++) {
            float[] sums = information.get(p);
            for (int i = 0; i < sums.length; i++) {
                float gradient = parameters.get(p).gradient().get(i);
                sums[i] += gradient * gradient;
            }
        }
    }

    /** Of numbers with equal information the first ones are taken. */
    void restrict(double share) {
        int total = information.stream().mapToInt(sums -> sums.length).sum();
        int kept = (int) Math.max(1, Math.round(share * total));
        float threshold = threshold(total, kept);
        int[] ties = {kept - above(threshold)};
        for (int p = 0; p < parameters.size(); p++) {
            float[] sums = information.get(p);
            parameters
                    .get(p)
                    .restrict(IntStream.range(0, sums.length)
                            .filter(i -> sums[i] > threshold || (sums[i] == threshold && ties[0]-- > 0))
                            .toArray());
        }
    }

    /** The information of the last number that is kept. */
    private float threshold(int total, int kept) {
        float[] all = new float[total];
        int at = 0;
        for (float[] sums : information) {
            System.arraycopy(sums, 0, all, at, sums.length);
            at += sums.length;
        }
        Arrays.sort(all);
        return all[total - kept];
    }

    private int above(float threshold) {
        return information.stream()
                .mapToInt(sums -> (int) IntStream.range(0, sums.length)
                        .filter(i -> sums[i] > threshold)
                        .count())
                .sum();
    }
}
