// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * An answer that feedback can refer to for a long time.
 *
 * @param id {@code pr_...}
 * @param task that answered
 * @param at when, to the microsecond
 * @param key digest of what was asked, by which it is known again
 * @param given the answer
 * @param vector of what was asked, if the cheapest member has read it
 * @param input what was asked, if the task keeps texts
 */
public record KeptPrediction(
        String id,
        TaskId task,
        Instant at,
        ContentKey key,
        GivenAnswer given,
        Optional<ByteVector> vector,
        Optional<Input> input) {
    /** Of a row: numbers, id, key and what the database adds. */
    private static final int BYTES_BESIDE = 224;

    private static final int BYTES_OF_A_PROBABILITY = 24;

    /** The same without the text. */
    public KeptPrediction withoutText() {
        return input.isEmpty() ? this : new KeptPrediction(id, task, at, key, given, vector, Optional.empty());
    }

    /** What it takes to keep it, nearly. */
    public long bytes() {
        long bytes = BYTES_BESIDE;
        bytes += vector.map(read -> read.values().length).orElse(0);
        bytes += given.label().map(KeptPrediction::bytes).orElse(0L);
        for (String label : given.labels()) {
            bytes += bytes(label);
        }
        for (LabelProbability one : given.odds().most()) {
            bytes += BYTES_OF_A_PROBABILITY + bytes(one.label());
        }
        bytes += input.map(Input::text)
                .map(Text::value)
                .map(KeptPrediction::bytes)
                .orElse(0L);
        return bytes
                + input.flatMap(Input::textPair)
                        .map(Text::value)
                        .map(KeptPrediction::bytes)
                        .orElse(0L);
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
