// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.Features;
import dev.perennial.member.View;
import dev.perennial.task.Input;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * How close instructions are in meaning: 1 for the same words, about 0 for unrelated ones. Every encoder that reads
 * words in context has the same say, in units of how far apart it puts unrelated sentences. What was read once is
 * remembered. Safe for concurrent use.
 */
public final class InstructionVectors {
    private static final int MAX_REMEMBERED = 20_000;
    private static final int EMBED_AT_ONCE = 64;

    private record Key(String readers, String instruction) {}

    private final Encoders encoders;
    private final Function<List<Encoder>, FeatureMap> featureMaps;
    private final Map<Key, Features> featuresByInstruction = new ConcurrentHashMap<>();

    /** @param featureMaps how the vectors of single texts become features, for the encoders given */
    public InstructionVectors(Encoders encoders, Function<List<Encoder>, FeatureMap> featureMaps) {
        this.encoders = encoders;
        this.featureMaps = featureMaps;
    }

    /**
     * Instructions that were read by the same encoders.
     *
     * @param readers digests of these encoders
     * @param byInstruction what they see in each
     */
    public record Seen(String readers, Map<String, Features> byInstruction) {
        public Seen {
            byInstruction = Map.copyOf(byInstruction);
        }

        /** How close two of them are. */
        public double closeness(String one, String other) {
            Features a = of(one);
            return 1 - View.firsts(a.byMember().size()).squaredDistance(a, of(other));
        }

        private Features of(String instruction) {
            return Objects.requireNonNull(byInstruction.get(instruction), "an instruction that was not read");
        }
    }

    /** Instructions as the encoders see them that are ready now; those not met before are embedded in batches. */
    public Seen read(Set<String> instructions) {
        List<Encoder> members = encoders.contextual();
        String readers = readers(members);
        Map<String, Features> features = new HashMap<>();
        List<String> missing = new ArrayList<>();
        for (String instruction : instructions) {
            Features known = featuresByInstruction.get(new Key(readers, instruction));
            if (known == null) {
                missing.add(instruction);
            } else {
                features.put(instruction, known);
            }
        }
        Map<String, Features> embedded = new HashMap<>();
        for (int from = 0; from < missing.size(); from += EMBED_AT_ONCE) {
            embedded.putAll(embedded(members, missing.subList(from, Math.min(missing.size(), from + EMBED_AT_ONCE))));
        }
        if (featuresByInstruction.size() + embedded.size() > MAX_REMEMBERED) {
            featuresByInstruction.clear();
        }
        embedded.forEach((instruction, seen) -> featuresByInstruction.put(new Key(readers, instruction), seen));
        features.putAll(embedded);
        return new Seen(readers, features);
    }

    /** Digests of the encoders that would read now. */
    public String readers() {
        return readers(encoders.contextual());
    }

    private static String readers(List<Encoder> members) {
        StringBuilder digests = new StringBuilder();
        members.forEach(member -> digests.append(member.info().digest()).append(' '));
        return digests.toString();
    }

    private Map<String, Features> embedded(List<Encoder> members, List<String> instructions) {
        List<Encoded> encoded = Predictor.encode(
                encoders,
                members,
                instructions.stream().map(text -> Input.of(new Text(text))).toList());
        FeatureMap featureMap = featureMaps.apply(members);
        Map<String, Features> features = new HashMap<>();
        for (int i = 0; i < instructions.size(); i++) {
            features.put(instructions.get(i), featureMap.features(encoded.get(i)));
        }
        return features;
    }
}
