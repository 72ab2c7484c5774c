// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.nio.FloatBuffer;
import java.util.List;

/** The length of the gradient of all parameters together, and what keeps it short (Pascanu et al. 2013). */
final class GradientNorm {
    private GradientNorm() {}

    static double of(List<Parameter> parameters) {
        double squares = 0;
        for (Parameter parameter : parameters) {
            FloatBuffer gradient = parameter.gradient();
            for (int i = 0; i < parameter.size(); i++) {
                squares += (double) gradient.get(i) * gradient.get(i);
            }
        }
        return Math.sqrt(squares);
    }

    /** Shortens a gradient that is longer than {@code most}, and leaves its direction; 0 lets any pass. */
    static void clip(List<Parameter> parameters, double most) {
        double norm = most > 0 ? of(parameters) : 0;
        if (norm > most) {
            for (Parameter parameter : parameters) {
                FloatBuffer gradient = parameter.gradient();
                for (int i = 0; i < parameter.size(); i++) {
                    gradient.put(i, (float) (gradient.get(i) * (most / norm)));
                }
            }
        }
    }
}
