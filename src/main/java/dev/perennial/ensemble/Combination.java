// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.math.Probabilities;
import dev.perennial.member.Features;
import dev.perennial.member.Query;
import dev.perennial.task.Kind;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * All voices of an ensemble and how they become one answer: the weighted mean of what they say (late combination; one
 * of them sees all members at once, which is the early one), sharpened until it is calibrated. Immutable.
 *
 * @param kind what an answer is
 * @param labels names of the outputs, in order; empty for regression
 * @param parts the voices; their weights add up to 1
 * @param power exponent of the combined probabilities (classification only): a mean of calibrated probabilities is too
 *     timid
 * @param strangeness held-out conformity scores {@code 1 - p(truth)} of the combination, ascending; never null
 */
@SuppressWarnings("ArrayRecordComponent")
public record Combination(Kind kind, List<String> labels, List<Part> parts, double power, double[] strangeness) {
    public Combination {
        labels = List.copyOf(labels);
        parts = List.copyOf(parts);
    }

    /**
     * What every part says of an input, in order.
     *
     * @param said what has been said of it already
     */
    List<double[]> answers(Features features, double prior, Said said) {
        List<double[]> answers = new ArrayList<>(parts.size());
        Query query = new Query(features);
        for (Part part : parts) {
            answers.add(said.by(part, kind, query, prior));
        }
        return answers;
    }

    /** The combined answer of the parts that are wanted, given what all parts say; empty when none is wanted. */
    public double[] combined(List<double[]> answers, Predicate<Part> wanted) {
        double[] sum = new double[0];
        double total = 0;
        for (int h = 0; h < parts.size(); h++) {
            Part part = parts.get(h);
            if (wanted.test(part)) {
                double[] answer = answers.get(h);
                sum = sum.length == 0 ? new double[answer.length] : sum;
                for (int c = 0; c < answer.length; c++) {
                    sum[c] += part.weight() * answer[c];
                }
                total += part.weight();
            }
        }
        for (int c = 0; c < sum.length; c++) {
            sum[c] /= total;
        }
        return kind == Kind.CLASSIFICATION && sum.length > 0 ? Probabilities.sharpen(sum, power) : sum;
    }

    /** The same without some parts, of which the others take over the weight; empty when none is left. */
    Optional<Combination> without(Predicate<Part> missing) {
        List<Part> left = parts.stream().filter(missing.negate()).toList();
        if (left.isEmpty()) {
            return Optional.empty();
        }
        double total = left.stream().mapToDouble(Part::weight).sum();
        List<Part> rest = left.stream()
                .map(part -> part.weighing(total > 0 ? part.weight() / total : 1.0 / left.size()))
                .toList();
        return Optional.of(new Combination(kind, labels, rest, power, strangeness));
    }

    /** Adds every number that decides answers to a digest. */
    public void addTo(MessageDigest digest) {
        labels.forEach(label -> digest.update((label + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        for (Part part : parts) {
            digest.update(part.name().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            add(digest, part.link().slope());
            add(digest, part.link().offset());
            add(digest, part.weight());
            part.head().addTo(digest);
        }
        add(digest, power);
        for (double score : strangeness) {
            add(digest, score);
        }
    }

    private static void add(MessageDigest digest, double number) {
        digest.update(
                java.nio.ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
    }
}
