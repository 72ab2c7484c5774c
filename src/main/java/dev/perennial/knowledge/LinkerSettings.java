// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/**
 * How texts are searched for entities.
 *
 * @param kappa how much the context counts against the prior
 * @param mostWords words of a text that are read
 * @param mostMentions mentions in a text that are linked, the first ones
 */
public record LinkerSettings(double kappa, int mostWords, int mostMentions) {
    public LinkerSettings {
        if (!(kappa >= 0) || mostWords < 1 || mostMentions < 1) {
            throw new IllegalArgumentException("settings of no linker");
        }
    }

    public static LinkerSettings defaults() {
        return new LinkerSettings(5, 16_384, 256);
    }
}
