// SPDX-License-Identifier: Apache-2.0
package dev.perennial.fuzz;

import dev.perennial.api.Limits;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** What every parser of strangers' bytes promises: a value, or a refusal that can be sent to a client as it is. */
public final class Parsing {
    private static final int LONGEST_WORDS = 4_000;

    private Parsing() {}

    /**
     * The value, or nothing when the input is refused.
     *
     * @throws Exception anything else than a refusal, which no input may cause
     */
    public static <T> Optional<T> valueOrRefusal(Callable<T> parser) throws Exception {
        try {
            return Optional.of(parser.call());
        } catch (Refusal refusal) {
            requireSayable(String.valueOf(refusal.getMessage()));
            if (refusal instanceof Refusal.Invalid invalid) {
                for (Fault fault : invalid.faults()) {
                    requireSayable(fault.pointer());
                    requireSayable(fault.detail());
                }
            }
            return Optional.empty();
        }
    }

    /** One line without control characters, and not as long as what was sent may be. */
    public static void requireSayable(String words) {
        if (words.length() > LONGEST_WORDS || words.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("a refusal that no log or header could hold: " + words.length() + " characters");
        }
    }

    public static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** So small that inputs of a few kilobytes meet them. */
    public static Limits smallLimits() {
        Map<String, String> few = Map.of(
                "perennial.limits.text-chars", "400",
                "perennial.limits.labels", "12",
                "perennial.limits.inputs", "12",
                "perennial.limits.body-bytes", "20000",
                "perennial.limits.teaching-body-bytes", "30000",
                "perennial.limits.import-bytes", "40000",
                "perennial.limits.label-name-chars", "40",
                "perennial.limits.request-documents", "9",
                "perennial.limits.literal-bytes", "500");
        return new SmallRyeConfigBuilder()
                .withMapping(Limits.class, "perennial.limits")
                .withSources(new PropertiesConfigSource(few, "fuzz", 100))
                .build()
                .getConfigMapping(Limits.class, "perennial.limits");
    }
}
