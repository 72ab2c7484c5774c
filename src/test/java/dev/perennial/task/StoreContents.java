// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a task store holds, in a form that is equal for stores that hold the same. */
final class StoreContents {
    private StoreContents() {}

    /** Everything that can be read, with examples named by their position. */
    static Map<String, String> of(TaskStore store) {
        Map<String, String> contents = new TreeMap<>();
        contents.put("revision", Long.toString(store.latestRevision()));
        for (StoredTask task : store.tasks()) {
            TaskId id = task.task().id();
            contents.put(id.value(), canonical(task));
            List<Quarantined> apart = store.quarantined(id, "", Integer.MAX_VALUE);
            for (int i = 0; i < apart.size(); i++) {
                contents.put(
                        id + "/apart/" + i,
                        apart.get(i).example().teaching() + " " + apart.get(i).reason());
            }
            List<Example> examples = store.examples(id);
            for (int i = 0; i < examples.size(); i++) {
                Example example = examples.get(i);
                contents.put(
                        id + "/" + i, example.teaching() + " " + example.key() + example.addedBy() + example.addedAt());
                for (int m = 0; m < 3; m++) {
                    float[] vector = store.vectors(id, "member-" + m).get(example.id());
                    contents.put(id + "/" + i + "/" + m, vector == null ? "none" : Arrays.toString(vector));
                }
            }
        }
        return contents;
    }

    private static String canonical(StoredTask task) {
        Map<String, Map<String, Double>> costs = new TreeMap<>();
        task.task().policy().errorCosts().forEach((truth, row) -> costs.put(truth, new TreeMap<>(row)));
        Policy policy = task.task().policy();
        Policy bare = new Policy(
                policy.targetCoverage(), policy.minProbability(), policy.cascadeRisk(), policy.abstainCost(), Map.of());
        return new StoredTask(task.task().withPolicy(bare), task.revision(), task.createdAt(), task.examples())
                + costs.toString();
    }
}
