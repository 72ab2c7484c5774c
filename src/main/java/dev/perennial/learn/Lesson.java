// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Known;
import dev.perennial.member.FeatureMap;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything an ensemble is a function of.
 *
 * @param task the question
 * @param revision the change after which this is the state of the task
 * @param members the encoders, cheapest first
 * @param featureMap their vectors as features
 * @param known the examples, in any order
 * @param descriptions for text tasks, the vectors of each label's description, by label name
 * @param learntFrom keys, in hex, of inputs that some member was adapted to: their examples are learnt from like all
 *     others, and are no evidence of how strangers are answered
 * @param recency how much older examples count
 */
public record Lesson(
        Task task,
        RevisionId revision,
        List<Encoder> members,
        FeatureMap featureMap,
        Collection<Known> known,
        Map<String, Encoded> descriptions,
        Set<String> learntFrom,
        Recency recency) {
    public Lesson {
        learntFrom = Set.copyOf(learntFrom);
    }

    Lesson with(Task other) {
        return new Lesson(other, revision, members, featureMap, known, descriptions, learntFrom, recency);
    }

    Lesson with(Recency other) {
        return new Lesson(task, revision, members, featureMap, known, descriptions, learntFrom, other);
    }

    /** The same with other members, what they say of examples, and what they say of the labels' descriptions. */
    Lesson with(Sight sight) {
        return new Lesson(
                task,
                revision,
                sight.members(),
                sight.featureMap(),
                sight.known(),
                sight.descriptions(),
                learntFrom,
                recency);
    }

    /** What members see of a task. */
    record Sight(
            List<Encoder> members, FeatureMap featureMap, Collection<Known> known, Map<String, Encoded> descriptions) {}
}
