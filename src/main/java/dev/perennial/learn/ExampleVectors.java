// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Predictor;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The members' vectors of examples. Classrooms are changed by the caller that holds the task's lock. */
final class ExampleVectors {
    private static final int ENCODE_AT_ONCE = 256;

    private final TaskStore store;
    private final Encoders encoders;

    ExampleVectors(TaskStore store, Encoders encoders) {
        this.store = store;
        this.encoders = encoders;
    }

    /** The teachings with the members' vectors. */
    List<EncodedTeaching> encode(List<Teaching> teachings, List<Encoder> members) {
        List<EncodedTeaching> all = new ArrayList<>(teachings.size());
        for (int from = 0; from < teachings.size(); from += ENCODE_AT_ONCE) {
            List<Teaching> batch = teachings.subList(from, Math.min(teachings.size(), from + ENCODE_AT_ONCE));
            List<Encoded> encoded = Predictor.encode(
                    encoders, members, batch.stream().map(Teaching::input).toList());
            for (int i = 0; i < batch.size(); i++) {
                Map<String, float[]> vectorByMember = new HashMap<>();
                for (int m = 0; m < members.size(); m++) {
                    vectorByMember.put(
                            members.get(m).info().digest(),
                            encoded.get(i).vectors().get(m));
                }
                all.add(new EncodedTeaching(batch.get(i), vectorByMember));
            }
        }
        return all;
    }

    /** Takes over the vectors of what was just stored. */
    void remember(Classroom classroom, TeachingOutcome outcome, List<EncodedTeaching> encoded, List<Encoder> members) {
        for (Encoder member : members) {
            Map<String, float[]> vectors = classroom.vectors(member);
            for (int i = 0; i < encoded.size(); i++) {
                float[] vector =
                        encoded.get(i).vectorByMember().get(member.info().digest());
                TeachingOutcome.Row row = outcome.rows().get(i);
                if (!row.duplicate() && vector != null && classroom.holds(row.exampleId())) {
                    vectors.put(row.exampleId(), vector);
                }
            }
        }
    }

    /** Encodes, and stores, what the members have not seen of a task's examples. */
    void encodeMissing(TaskId id, Classroom classroom, List<Encoder> members) {
        encodeMissing(
                classroom,
                members,
                (member, fresh) -> store.putVectors(id, member.info().digest(), fresh));
    }

    /** Takes the vectors of some examples, by their ids. */
    interface Keeper {
        void keep(Encoder member, Map<String, float[]> fresh);
    }

    /** The same, and {@code keeper} may store them. */
    void encodeMissing(Classroom classroom, List<Encoder> members, Keeper keeper) {
        members.forEach(member -> encodeMissing(classroom, member, classroom.vectors(member), keeper));
    }

    /** A graph's vectors of a task's examples, which are not stored: linking costs less than reading them back. */
    Map<String, float[]> ofGraph(Classroom classroom, Encoder graph) {
        Map<String, float[]> vectors = classroom.graphVectors(graph);
        encodeMissing(classroom, graph, vectors, (member, fresh) -> {});
        return vectors;
    }

    private void encodeMissing(Classroom classroom, Encoder member, Map<String, float[]> vectors, Keeper keeper) {
        List<Example> missing = new ArrayList<>();
        classroom.examples().forEach(example -> {
            if (!vectors.containsKey(example.id())) {
                missing.add(example);
            }
        });
        for (int from = 0; from < missing.size(); from += ENCODE_AT_ONCE) {
            List<Example> batch = missing.subList(from, Math.min(missing.size(), from + ENCODE_AT_ONCE));
            List<Encoded> encoded = Predictor.encode(
                    encoders,
                    List.of(member),
                    batch.stream().map(example -> example.teaching().input()).toList());
            Map<String, float[]> fresh = new HashMap<>();
            for (int i = 0; i < batch.size(); i++) {
                fresh.put(batch.get(i).id(), encoded.get(i).vectors().get(0));
            }
            keeper.keep(member, fresh);
            vectors.putAll(fresh);
        }
    }
}
