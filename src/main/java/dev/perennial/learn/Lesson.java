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

/**
 * Everything an ensemble is a function of.
 *
 * @param task the question
 * @param revision the change after which this is the state of the task
 * @param members the encoders, cheapest first
 * @param featureMap their vectors as features
 * @param known the examples, in any order
 * @param descriptions for text tasks, the vectors of each label's description, by label name
 */
public record Lesson(
        Task task,
        RevisionId revision,
        List<Encoder> members,
        FeatureMap featureMap,
        Collection<Known> known,
        Map<String, Encoded> descriptions) {}
