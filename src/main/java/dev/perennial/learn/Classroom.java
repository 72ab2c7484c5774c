// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Known;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingIdentity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a server holds in memory of one task in order to learn it. Guarded by the task's lock in {@link Teacher}. */
final class Classroom {
    private final Ledgers ledgers = new Ledgers();
    private final Ledgers roundedLedgers = new Ledgers();
    private final TreeMap<String, Example> exampleById = new TreeMap<>();
    private final Map<String, Map<String, float[]>> vectorByExampleByMember = new HashMap<>();
    private final Map<String, Map<String, float[]>> vectorByLabelDigestByMember = new HashMap<>();

    private final Map<String, GraphVectors> vectorsByGraph = new HashMap<>();
    private List<String> heard = List.of();

    /** Vectors of examples, by their ids, of one state of a graph. */
    private record GraphVectors(String digest, Map<String, float[]> byExample) {}

    /** Forgets everything; the object stays, because it is the task's lock. */
    void clear() {
        ledgers.clear();
        roundedLedgers.clear();
        exampleById.clear();
        vectorByExampleByMember.clear();
        vectorByLabelDigestByMember.clear();
        vectorsByGraph.clear();
        heard = List.of();
    }

    Ledgers ledgers() {
        return ledgers;
    }

    /** Those of a lineup of members. */
    Ledgers ledgers(PrecisionChoice.Lineup lineup) {
        return lineup.rounded() ? roundedLedgers : ledgers;
    }

    List<Ledgers> allLedgers() {
        return List.of(ledgers, roundedLedgers);
    }

    /** Memory that sufficient statistics take. */
    long ledgerBytes() {
        return ledgers.bytes() + roundedLedgers.bytes();
    }

    /** Id of the example that was taught last; empty when there is none. */
    String lastExample() {
        return exampleById.isEmpty() ? "" : exampleById.lastKey();
    }

    void add(Example example) {
        exampleById.put(example.id(), example);
    }

    void remove(String exampleId) {
        exampleById.remove(exampleId);
        vectorByExampleByMember.values().forEach(vectors -> vectors.remove(exampleId));
        vectorsByGraph.values().forEach(vectors -> vectors.byExample().remove(exampleId));
    }

    boolean holds(String exampleId) {
        return exampleById.containsKey(exampleId);
    }

    int size() {
        return exampleById.size();
    }

    /** What is taught here. */
    Collection<Teaching> teachings() {
        return exampleById.values().stream().map(Example::teaching).toList();
    }

    /** What will be taught here after some teachings, which may repeat or replace what there is. */
    Collection<Teaching> after(List<Teaching> teachings) {
        Map<TeachingIdentity, Teaching> byIdentity = new LinkedHashMap<>();
        for (Example example : exampleById.values()) {
            byIdentity.put(example.identity(), example.teaching());
        }
        for (Teaching teaching : teachings) {
            byIdentity.put(teaching.identity(), teaching);
        }
        return byIdentity.values();
    }

    /** The inputs of examples that some teachings replace by others of another input. */
    Set<ContentKey> overwritten(List<Teaching> teachings) {
        Map<TeachingIdentity, Input> inputByIdentity = new HashMap<>();
        for (Teaching teaching : teachings) {
            if (teaching.externalId().isPresent()) {
                inputByIdentity.put(teaching.identity(), teaching.input());
            }
        }
        Set<ContentKey> inputs = new HashSet<>();
        for (Teaching taught : inputByIdentity.isEmpty() ? List.<Teaching>of() : teachings()) {
            Input next = taught.externalId().isPresent() ? inputByIdentity.get(taught.identity()) : null;
            if (next != null && !next.equals(taught.input())) {
                inputs.add(ContentKey.of(taught.input()));
            }
        }
        return inputs;
    }

    Iterable<Example> examples() {
        return exampleById.values();
    }

    /** A member's vectors of examples, by example id. */
    Map<String, float[]> vectors(Encoder member) {
        return vectorByExampleByMember.computeIfAbsent(member.info().digest(), digest -> new HashMap<>());
    }

    /** A graph's vectors of examples, by example id, as it is now; those of an earlier state of it are forgotten. */
    Map<String, float[]> graphVectors(Encoder graph) {
        String digest = graph.info().digest();
        return vectorsByGraph
                .compute(
                        graph.info().id(),
                        (id, known) -> known != null && known.digest().equals(digest)
                                ? known
                                : new GraphVectors(digest, new HashMap<>()))
                .byExample();
    }

    /** Forgets the vectors of all other graphs. */
    void retainGraphs(Set<String> ids) {
        vectorsByGraph.keySet().retainAll(ids);
    }

    /** Names what graphs said of the examples when they were learnt last. */
    List<String> heard() {
        return heard;
    }

    void hear(List<String> readings) {
        heard = List.copyOf(readings);
    }

    /** Forgets a member's vectors of label descriptions. */
    void forgetLabelVectors(Encoder member) {
        vectorByLabelDigestByMember.remove(member.info().digest());
    }

    /** A member's vectors of label descriptions, by the digest of the text. */
    Map<String, float[]> labelVectors(Encoder member) {
        return vectorByLabelDigestByMember.computeIfAbsent(member.info().digest(), digest -> new HashMap<>());
    }

    /** Forgets the vectors of all other members. */
    void retainVectors(Set<String> memberDigests) {
        vectorByExampleByMember.keySet().retainAll(memberDigests);
        vectorByLabelDigestByMember.keySet().retainAll(memberDigests);
    }

    /** Forgets the vectors of all other label descriptions; whether there were any. */
    boolean retainLabelVectors(Set<String> digests) {
        boolean forgot = false;
        for (Map<String, float[]> vectors : vectorByLabelDigestByMember.values()) {
            forgot |= vectors.keySet().retainAll(digests);
        }
        return forgot;
    }

    /** All examples with the vectors of the members, which must be there. */
    List<Known> known(List<Encoder> members) {
        List<Known> known = new ArrayList<>(exampleById.size());
        for (Example example : exampleById.values()) {
            List<float[]> vectors = new ArrayList<>(members.size());
            for (Encoder member : members) {
                float[] vector = vectors(member).get(example.id());
                if (vector == null) {
                    throw new IllegalStateException("an example without vectors: " + example.id());
                }
                vectors.add(vector);
            }
            known.add(new Known(example, new Encoded(vectors, false)));
        }
        return known;
    }
}
