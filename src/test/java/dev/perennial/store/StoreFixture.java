// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A task and teachings for tests of the store. */
final class StoreFixture {
    static final TaskId TASK = new TaskId("banking");

    private StoreFixture() {}

    static Task task() {
        return new Task(TASK, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT);
    }

    static TeachingOutcome teach(TaskStore store, EncodedTeaching... teachings) {
        return store.teach(TASK, List.of(teachings), Optional.empty(), outcome -> new Idempotency.Reply(200, "{}"));
    }

    static EncodedTeaching teaching(String text, Map<String, float[]> vectors) {
        return new EncodedTeaching(Teaching.of(Input.of(new Text(text)), new Answer.OneLabel("label")), vectors);
    }

    static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
