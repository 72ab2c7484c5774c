// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.ensemble.Mode;
import dev.perennial.evaluate.Answering.Voice;
import java.util.List;
import java.util.Map;

/**
 * What came of asking rows whose answers are known.
 *
 * @param figures of the answers in mode {@code auto}
 * @param outcomes row by row, in mode {@code auto}
 * @param modes each mode beside the others
 * @param voices each voice by itself
 * @param slices parts of the rows, and the rows written worse
 * @param taught rows that were taught as well, whose answers are memory
 */
public record Evaluation(
        Figures figures,
        List<RowOutcome> outcomes,
        List<ModeFigures> modes,
        List<VoiceFigures> voices,
        List<Slice> slices,
        long taught) {
    public Evaluation {
        outcomes = List.copyOf(outcomes);
        modes = List.copyOf(modes);
        voices = List.copyOf(voices);
        slices = List.copyOf(slices);
    }

    /**
     * What one mode is worth, and what it costs.
     *
     * @param figures of its answers
     * @param againstFull how it differs from mode {@code full}
     * @param latency of single answers
     * @param bytes of the models that it may ask
     * @param stages share of the rows that each stage has answered
     */
    public record ModeFigures(
            Mode mode,
            Figures figures,
            PairedDifference againstFull,
            Latency latency,
            long bytes,
            Map<String, Double> stages) {
        public ModeFigures {
            stages = Map.copyOf(stages);
        }
    }

    /**
     * How long single answers take, in seconds, one after the other, nothing being kept of those before.
     *
     * @param rows how many were timed
     */
    public record Latency(int rows, double p50, double p95, double p99) {}

    /**
     * What one voice is worth by itself.
     *
     * @param accuracy mean of how right its answers are
     * @param loss mean negative log-likelihood of the truth, or squared error of a score in [0, 1]
     */
    public record VoiceFigures(Voice voice, double accuracy, double loss) {}

    /**
     * A part of the rows, or rows written worse.
     *
     * @param name what is in it
     * @param rows how many
     * @param accuracy mean of how right the answers are
     * @param difference to the same rows as they were written; NaN of a mere part
     * @param p of the exact sign test of that; NaN of a mere part
     */
    public record Slice(String name, long rows, double accuracy, double difference, double p) {}
}
