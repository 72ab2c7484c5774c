// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.member.Features;
import dev.perennial.member.View;
import dev.perennial.task.Input;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The taught examples of an ensemble: what was taught about exactly an input, and which examples are near one. Nothing
 * of it changes; safe for concurrent use.
 */
public final class Recollection {
    /** The score that is assumed of a single text without examples. */
    public static final double MIDDLE = 0.5;

    /** Of a content key, so many as a positive number holds. */
    private static final int SAMPLE_DIGITS = 15;

    private static final int HEXADECIMAL = 16;

    /**
     * An example as the heads see it.
     *
     * @param target what was taught, per output
     * @param prior the score that is assumed without examples, of which heads learn the rest (regression only)
     * @param weight how much it counts
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Trace(Known known, Features features, double[] target, double prior, double weight) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Memory(double weight, double[] weightedTarget) {}

    /** A member that looks, by its digest, and where its features are. */
    record Looked(String digest, int position) {}

    private record Likened(Looked by, Resemblance resemblance) {}

    private final List<Trace> traces;
    private final Map<Input, Memory> memoryByInput;
    /** Follows from the traces; whoever needs it first writes it, and two who do write the same. */
    private volatile @Nullable Likened likened;

    /** @param traces one per example */
    public Recollection(List<Trace> traces) {
        this.traces = List.copyOf(traces);
        Map<Input, Memory> memories = new HashMap<>();
        for (Trace trace : this.traces) {
            Memory memory = new Memory(trace.weight(), scaled(trace.target(), trace.weight()));
            memories.merge(trace.known().example().teaching().input(), memory, Recollection::sum);
        }
        this.memoryByInput = Map.copyOf(memories);
    }

    List<Trace> traces() {
        return traces;
    }

    int size() {
        return traces.size();
    }

    /** What was taught, in order: the content keys and how much each counts. */
    List<String> keys() {
        return traces.stream()
                .map(trace -> trace.known().example().key().hex() + " " + trace.weight())
                .sorted()
                .toList();
    }

    /**
     * The numbers that begin the keys of the first examples, ascending. Examples lie in the order of their keys, which
     * are hashes, so that the first ones are a fair choice.
     */
    long[] sample(int most) {
        return traces.stream()
                .limit(most)
                .mapToLong(trace ->
                        Long.parseLong(trace.known().example().key().hex().substring(0, SAMPLE_DIGITS), HEXADECIMAL))
                .sorted()
                .toArray();
    }

    /**
     * How surely inputs are such as were taught; made at the first question and kept for as long as this is, so that
     * nothing of it is left when something is forgotten.
     *
     * @param by the member that looks
     * @param background its features of inputs that are about nothing in particular
     */
    Resemblance resemblance(Looked by, Supplier<List<float[]>> background) {
        Likened known = likened;
        if (known == null || !known.by().equals(by)) {
            known = new Likened(by, Resemblance.of(traces, by.position(), background.get()));
            likened = known;
        }
        return known.resemblance();
    }

    /** Whether something was taught about exactly this input. */
    boolean knows(Input input) {
        return memoryByInput.containsKey(input);
    }

    /**
     * The answer after what was taught about exactly this input is given its say: {@code (p + s sum w y) / (1 + s sum
     * w)}.
     */
    double[] blend(Input input, double[] answer, double strength) {
        Memory memory = memoryByInput.get(input);
        if (memory == null || answer.length == 0) {
            return answer;
        }
        double[] blended = new double[answer.length];
        for (int c = 0; c < blended.length; c++) {
            blended[c] = (answer[c] + strength * memory.weightedTarget()[c]) / (1 + strength * memory.weight());
        }
        return blended;
    }

    /** Memory that the examples take: their features, what was taught, and their texts. */
    long bytes() {
        long bytes = 0;
        for (Trace trace : traces) {
            Input input = trace.known().example().teaching().input();
            for (float[] block : trace.features().byMember()) {
                bytes += (long) Float.BYTES * block.length;
            }
            bytes += (long) Double.BYTES * trace.target().length;
            bytes += (long) Character.BYTES
                    * (input.text().value().length()
                            + input.textPair()
                                    .map(text -> text.value().length())
                                    .orElse(0));
        }
        return bytes;
    }

    /** The examples nearest to an input as some members see it, nearest first. */
    List<Trace> nearest(View view, Features features, int count) {
        record Near(Trace trace, double distance) {}
        return traces.stream()
                .map(trace -> new Near(trace, view.squaredDistance(features, trace.features())))
                .sorted(Comparator.comparingDouble(Near::distance)
                        .thenComparing(near -> near.trace().known().example().key()))
                .limit(count)
                .map(Near::trace)
                .toList();
    }

    /**
     * Squared distance to the nearest of the first examples, if there is one. Examples lie in the order of their keys,
     * which are hashes, so that the first ones are a fair choice.
     */
    OptionalDouble nearestDistance(View view, Features features, int most) {
        return traces.subList(0, Math.min(most, traces.size())).stream()
                .mapToDouble(trace -> view.squaredDistance(features, trace.features()))
                .min();
    }

    private static Memory sum(Memory a, Memory b) {
        double[] sum = a.weightedTarget().clone();
        for (int c = 0; c < sum.length; c++) {
            sum[c] += b.weightedTarget()[c];
        }
        return new Memory(a.weight() + b.weight(), sum);
    }

    private static double[] scaled(double[] target, double weight) {
        double[] scaled = target.clone();
        for (int c = 0; c < scaled.length; c++) {
            scaled[c] *= weight;
        }
        return scaled;
    }
}
