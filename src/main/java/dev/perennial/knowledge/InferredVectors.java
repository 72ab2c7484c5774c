// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Vectors of entities that lack one, where others were trained or imported: the mean direction of the given vectors of
 * the {@value #NEAREST} entities that are described most like it, of at most {@value #ANCHORS}, as long as these are in
 * the mean; its neighbours stand in its description where it has no other. Where nobody is described, the mean of its
 * neighbours' vectors. An entity without a name has none.
 *
 * <p>Only what was given is ever a source, so that the vectors are a function of that and of what the graph states now.
 * A neighbour counts by the vector that was given for its id although nothing, or nothing any more, is stated about it:
 * that others are related to it is stated about them. Only an entity that is described can be one that others are like.
 * Immutable; safe for concurrent use.
 */
public final class InferredVectors implements EntitySpeech {
    static final int ANCHORS = 2048;
    static final int NEAREST = 4;
    private static final int MOST_NEIGHBOURS = 64;

    private final EntityVectors given;

    /** By row of the given vectors, the first ones: the number of the entity, or -1 where none is stated. */
    private final int[] anchors;

    /** Entities with a name and no given vector; once they were too many, they are told no more. */
    private final Late lacking;

    private InferredVectors(EntityVectors given, int[] anchors, Late lacking) {
        this.given = given;
        this.anchors = anchors;
        this.lacking = lacking;
    }

    /**
     * What completes vectors.
     *
     * @param linker of the graph; compares how entities are described
     * @param given vectors that were trained or imported
     */
    public static InferredVectors of(Linker linker, EntityVectors given) {
        KnowledgeGraph graph = linker.graph();
        int[] anchors = new int[Math.min(ANCHORS, given.rows())];
        Arrays.fill(anchors, -1);
        Set<String> lacking = new HashSet<>();
        InferredVectors all = new InferredVectors(given, anchors, Late.NOTHING);
        graph.forEachNumber(number -> {
            String entity = graph.idOf(number);
            int row = all.givenRow(entity);
            if (row >= 0 && row < anchors.length) {
                anchors[row] = number;
            } else if (row < 0 && lacking.size() <= Late.MOST && all.isNamed(graph, entity)) {
                lacking.add(entity);
            }
        });
        return new InferredVectors(given, anchors, Late.of(lacking));
    }

    /** Names all that the vectors are made of, in at most 64 characters. */
    @Override
    public String source(Linker linker) {
        String all =
                String.join("\n", "inferred 2", given.digest(), linker.graph().digest(), linker.basis());
        return HexFormat.of().formatHex(StatementOrder.sha256().digest(all.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public String space() {
        return "given " + given.baseDigest();
    }

    /** The vectors of all entities of a graph that the given ones lack. */
    public EntityVectors build(Linker linker) {
        EntityVectorsBuilder builder = new EntityVectorsBuilder(given.dimension());
        linker.graph().forEach(entity -> vector(linker, entity).ifPresent(vector -> builder.add(entity, vector)));
        return builder.build(source(linker));
    }

    /** The given vectors, and these. */
    EntityVectors completed(EntityVectors built) {
        return given.completed(built);
    }

    @Override
    public Spoken spoken(EntityVectors vectors, Linker before, Linker linker, Collection<String> entities) {
        List<String> changed =
                entities.stream().filter(entity -> givenRow(entity) < 0).toList();
        int[] nextAnchors = anchors(linker.graph(), entities);
        boolean moved = entities.stream()
                .anyMatch(entity -> isAnchor(givenRow(entity)) && !isDescribedTheSame(before, linker, entity));
        InferredVectors next = new InferredVectors(given, nextAnchors, lacking(linker.graph(), changed));
        Map<String, Optional<float[]>> vectorById = new HashMap<>();
        changed.forEach(entity -> vectorById.put(entity, next.vector(linker, entity)));
        return new Spoken(next, vectors.with(vectorById), moved ? next.lacking : Late.NOTHING);
    }

    private boolean isAnchor(int row) {
        return row >= 0 && row < anchors.length;
    }

    /** The anchors of a graph in which some entities have changed: these, unless one of them is an anchor. */
    private int[] anchors(KnowledgeGraph graph, Collection<String> entities) {
        int[] next = anchors;
        for (String entity : entities) {
            int row = givenRow(entity);
            if (isAnchor(row) && next[row] != graph.numberOf(entity)) {
                next = next == anchors ? anchors.clone() : next;
                next[row] = graph.numberOf(entity);
            }
        }
        return next;
    }

    /** The entities of a graph without a given vector, of which some have changed: these, if none came or went. */
    private Late lacking(KnowledgeGraph graph, List<String> entities) {
        if (lacking.more()) {
            return lacking;
        }
        List<String> now =
                entities.stream().filter(entity -> isNamed(graph, entity)).toList();
        List<String> gone = entities.stream()
                .filter(entity -> lacking.entities().contains(entity) && !now.contains(entity))
                .toList();
        if (gone.isEmpty() && lacking.entities().containsAll(now)) {
            return lacking;
        }
        return lacking.without(gone).and(new Late(Set.copyOf(now), false));
    }

    private static boolean isDescribedTheSame(Linker before, Linker after, String entity) {
        int number = after.graph().numberOf(entity);
        Optional<float[]> one = before.description(number);
        Optional<float[]> other = after.description(number);
        return Arrays.equals(one.orElse(new float[0]), other.orElse(new float[0]));
    }

    /** One that was given a vector keeps it; what follows from its description follows when that has changed. */
    @Override
    public boolean keeps(Linker linker, KnowledgeGraph before, KnowledgeGraph after, String entity) {
        return givenRow(entity) >= 0;
    }

    private int givenRow(String entity) {
        int row = given.rowOf(entity);
        return row >= 0 && given.scale(row) > 0 ? row : -1;
    }

    private boolean isNamed(KnowledgeGraph graph, String entity) {
        return graph.label(entity).isPresent();
    }

    /** The vector of an entity that was given none. */
    private Optional<float[]> vector(Linker linker, String entity) {
        KnowledgeGraph graph = linker.graph();
        if (graph.label(entity).isEmpty() || givenRow(entity) >= 0) {
            return Optional.empty();
        }
        List<Integer> sources = nearest(linker, entity);
        return mean(sources.isEmpty() ? neighbours(graph, entity) : sources);
    }

    /** The given rows of an entity's neighbours, each once. */
    private List<Integer> neighbours(KnowledgeGraph graph, String entity) {
        Set<String> others = new LinkedHashSet<>();
        graph.relationsOut(entity, MOST_NEIGHBOURS).forEach(other -> others.add(other.entity()));
        graph.relationsIn(entity, MOST_NEIGHBOURS).forEach(other -> others.add(other.entity()));
        return others.stream().map(this::givenRow).filter(row -> row >= 0).toList();
    }

    /** The anchors that are described most like an entity, the most alike first, of equals the first row. */
    private List<Integer> nearest(Linker linker, String entity) {
        Optional<float[]> description = linker.description(linker.graph().numberOf(entity));
        if (description.isEmpty()) {
            return List.of();
        }
        double[] likenesses = new double[NEAREST];
        List<Integer> nearest = new ArrayList<>();
        for (int row = 0; row < anchors.length; row++) {
            double likeness =
                    anchors[row] < 0 ? Double.NEGATIVE_INFINITY : linker.likeness(anchors[row], description.get());
            int at = nearest.size();
            while (at > 0 && likeness > likenesses[at - 1]) {
                at--;
            }
            if (likeness > Double.NEGATIVE_INFINITY && at < NEAREST) {
                System.arraycopy(likenesses, at, likenesses, at + 1, NEAREST - 1 - at);
                likenesses[at] = likeness;
                nearest.add(at, row);
                nearest.subList(Math.min(NEAREST, nearest.size()), nearest.size())
                        .clear();
            }
        }
        return nearest;
    }

    private Optional<float[]> mean(List<Integer> rows) {
        float[] sum = new float[given.dimension()];
        double norms = 0;
        for (int row : rows) {
            float[] one = new float[sum.length];
            given.add(row, 1, one);
            norms += norm(one);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += one[i];
            }
        }
        double norm = norm(sum);
        if (!(norm > 0)) {
            return Optional.empty();
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] *= (float) (norms / rows.size() / norm);
        }
        return Optional.of(sum);
    }

    private static double norm(float[] vector) {
        double squares = 0;
        for (float component : vector) {
            squares += (double) component * component;
        }
        return Math.sqrt(squares);
    }
}
