// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Makes batches of the turns of an epoch: looks up which objects they are compared with. These are all entities, or
 * those that the batch names and some more that are drawn. Owned by one thread.
 */
final class BatchSource {
    private final int negatives;
    private final int[] positions;
    private final int[] objects;
    private int count;

    /**
     * @param entities of which objects are drawn
     * @param negatives how many are drawn for a batch; 0: all entities are objects of each batch
     */
    BatchSource(int entities, int negatives) {
        this.negatives = negatives;
        this.positions = new int[entities];
        this.objects = new int[entities];
        Arrays.fill(positions, -1);
    }

    /** The most objects that a batch of so many questions may have. */
    int mostObjects(int questions) {
        long most = (long) questions * (EpochPlan.MOST_ANSWERS + 1) + negatives;
        return negatives == 0 ? objects.length : (int) Math.min(objects.length, most);
    }

    /** The turns {@code from} to {@code to - 1}. */
    Batch batch(EpochPlan plan, int from, int to, SplittableRandom random) {
        int triples = 0;
        for (int turn = from; turn < to; turn++) {
            triples += plan.answers(turn);
        }
        count = 0;
        if (negatives == 0) {
            for (int entity = 0; entity < objects.length; entity++) {
                position(entity);
            }
        }
        int[] subjects = new int[to - from];
        int[] relations = new int[to - from];
        int[] starts = new int[to - from + 1];
        int[] answers = new int[triples];
        int at = 0;
        for (int turn = from; turn < to; turn++) {
            subjects[turn - from] = position(plan.subject(turn));
            relations[turn - from] = plan.relation(turn);
            for (int i = 0; i < plan.answers(turn); i++) {
                answers[at++] = position(plan.answer(turn, i));
            }
            starts[turn - from + 1] = at;
        }
        int named = count;
        draw(Math.min(negatives, objects.length - named), random);
        float weight = count == named ? 1 : (objects.length - named) / (float) (count - named);
        Batch batch = new Batch(Arrays.copyOf(objects, count), named, weight, subjects, relations, starts, answers);
        forget();
        return batch;
    }

    /** So many more, without those that are there; when nearly all are wanted, the search is still short enough. */
    private void draw(int wanted, SplittableRandom random) {
        int end = count + wanted;
        while (count < end) {
            position(random.nextInt(objects.length));
        }
    }

    private int position(int entity) {
        if (positions[entity] < 0) {
            positions[entity] = count;
            objects[count++] = entity;
        }
        return positions[entity];
    }

    private void forget() {
        for (int i = 0; i < count; i++) {
            positions[objects[i]] = -1;
        }
    }
}
