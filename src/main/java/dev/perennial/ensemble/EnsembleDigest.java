// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 over parts of which each begins with its length, so that different parts never look alike. Confined. */
final class EnsembleDigest {
    private final MessageDigest digest;

    EnsembleDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    void add(String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    void add(double... numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + numbers.length * Double.BYTES);
        buffer.putInt(numbers.length);
        for (double number : numbers) {
            buffer.putDouble(number);
        }
        digest.update(buffer.array());
    }

    void add(Task task) {
        add(task.kind().name());
        add(task.input().name());
        add(task.instruction());
        for (Label label : task.labels()) {
            add(label.name());
            add(label.description());
        }
        task.scoreRange().ifPresent(range -> add(range.min(), range.max()));
        add(task.policy());
    }

    private void add(Policy policy) {
        add(policy.targetCoverage(), policy.cascadeRisk());
        add(policy.minProbability().toString());
        add(policy.abstainCost().toString());
        new TreeMap<>(policy.errorCosts()).forEach((truth, costs) -> {
            add(truth);
            for (Map.Entry<String, Double> answered : new TreeMap<>(costs).entrySet()) {
                add(answered.getKey());
                add(answered.getValue());
            }
        });
        if (!policy.learning().equals(Policy.Learning.PLAIN)) {
            add(policy.learning().toString());
        }
    }

    void add(Agreement agreement) {
        add(agreement.probability());
        for (Agreement.ByExample stage : agreement.stages()) {
            add(stage.margin());
            add(stage.probability());
        }
    }

    /** Without lengths: every number of the heads, and who reads for them. */
    void addHeads(List<String> members, Ensemble.Voices voices) {
        members.forEach(member -> digest.update(member.getBytes(StandardCharsets.UTF_8)));
        voices.full().addTo(digest);
        voices.firsts().forEach(first -> first.addTo(digest));
    }

    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
