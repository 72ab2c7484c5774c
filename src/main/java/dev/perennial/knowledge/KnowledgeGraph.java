// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.knowledge.Statement.Aspect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntBinaryOperator;
import java.util.function.IntConsumer;

/**
 * An immutable snapshot of one knowledge graph in memory: names, descriptions and relations of all its entities, packed
 * into a few large arrays, and an overlay with the entities that were changed since these were built. Safe for
 * concurrent use.
 *
 * <p>Entities have numbers inside this package. A number stays the same from a snapshot to those that {@link #with} and
 * {@link #without} make of it. Attributes are not kept; they count in the {@link #digest}.
 */
public final class KnowledgeGraph {
    private final GraphId id;
    private final GraphArrays base;
    private final GraphOverlay overlay;
    private final EntityHash hash;
    private final int entities;

    KnowledgeGraph(GraphId id, GraphArrays base) {
        this.id = id;
        this.base = base;
        this.overlay = new GraphOverlay(base);
        this.hash = base.hash();
        this.entities = base.subjects().length;
    }

    private KnowledgeGraph(KnowledgeGraph before, GraphOverlay overlay, int changed) {
        this.id = before.id;
        this.base = before.base;
        this.overlay = overlay;
        this.hash = before.hash.minus(before.overlay.hash(changed)).plus(overlay.hash(changed));
        this.entities =
                before.entities - (before.overlay.isStated(changed) ? 1 : 0) + (overlay.isStated(changed) ? 1 : 0);
    }

    public GraphId id() {
        return id;
    }

    /** Number of entities that something is stated about. */
    public int entities() {
        return entities;
    }

    /** SHA-256 in hex over all statements, in whichever order they came. */
    public String digest() {
        return hash.digest(entities);
    }

    /** Number of entities that were changed since the arrays were built: when it is some thousands, build anew. */
    public int overlaySize() {
        return overlay.size();
    }

    /**
     * Bytes of memory that the overlay takes, about. Ids to which nothing leads any more count, too: they stay until
     * the arrays are built anew.
     */
    long overlayMemory() {
        return overlay.memory();
    }

    /** Bytes of memory that the arrays take, about; the overlay is not counted. */
    public long memory() {
        return base.memory();
    }

    /** Whether something is stated about the entity. */
    public boolean contains(String entity) {
        int number = overlay.find(entity);
        return number >= 0 && overlay.isStated(number);
    }

    /** Gives the ids of all entities that something is stated about, those that were added last at the end. */
    public void forEach(Consumer<String> reader) {
        forEachNumber(number -> reader.accept(overlay.id(number)));
    }

    /** The entity's first name: an English one if there is one, else one of no language, else of any. */
    public Optional<String> label(String entity) {
        return first(entity, Aspect.LABEL).or(() -> first(entity, Aspect.ALIAS));
    }

    /** The entity's first name in a language. */
    public Optional<String> label(String entity, String language) {
        return labels(entity).stream()
                .filter(statement -> statement.language().equals(language))
                .map(Statement::value)
                .findFirst();
    }

    /** What the entity is, preferably in English. */
    public Optional<String> description(String entity) {
        return first(entity, Aspect.DESCRIPTION);
    }

    public List<Statement> labels(String entity) {
        return words(entity, Aspect.LABEL);
    }

    public List<Statement> aliases(String entity) {
        return words(entity, Aspect.ALIAS);
    }

    public List<Statement> descriptions(String entity) {
        return words(entity, Aspect.DESCRIPTION);
    }

    /** What the entity stands in a relation to, at most so many. */
    public List<Neighbour> relationsOut(String entity, int most) {
        int number = overlay.find(entity);
        return number < 0 ? List.of() : neighbours(most, visitor -> visitOut(number, visitor));
    }

    /** What stands in a relation to the entity, at most so many, in the order of the UTF-8 bytes of their ids. */
    public List<Neighbour> relationsIn(String entity, int most) {
        int number = overlay.find(entity);
        if (number < 0 || most <= 0) {
            return List.of();
        }
        List<Neighbour> found = neighbours(most, visitor -> visitUnchangedIn(number, visitor));
        int[] added = overlay.incoming(number);
        for (int i = 0; i < added.length; i += 2) {
            found.add(new Neighbour(overlay.id(added[i]), overlay.id(added[i + 1])));
        }
        if (added.length > 0) {
            found.sort(Comparator.comparing(Neighbour::entity, KnowledgeGraph::compareBytes));
        }
        return found.size() <= most ? found : found.subList(0, most);
    }

    private static int compareBytes(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** The relation in words: its label, else the end of its id. */
    public String relationName(String relation) {
        return label(relation).orElseGet(() -> RelationName.of(relation));
    }

    /**
     * A snapshot in which these statements are all that is stated about an entity. Takes time and memory in proportion
     * to the overlay, not to the graph.
     */
    public KnowledgeGraph with(String entity, List<Statement> statements) {
        GraphOverlay next = overlay.with(entity, ordered(entity, statements));
        return new KnowledgeGraph(this, next, next.find(entity));
    }

    /** A snapshot in which nothing is stated about an entity. Others may still stand in a relation to it. */
    public KnowledgeGraph without(String entity) {
        return overlay.find(entity) < 0 ? this : with(entity, List.of());
    }

    static List<Statement> ordered(String entity, List<Statement> statements) {
        if (!statements.stream().allMatch(statement -> statement.entity().equals(entity))) {
            throw new IllegalArgumentException("statements about several entities");
        }
        return StatementOrder.of(statements);
    }

    int numberOf(String entity) {
        return overlay.find(entity);
    }

    String idOf(int entity) {
        return overlay.id(entity);
    }

    /** One more than the largest number of an entity. */
    int numbers() {
        return overlay.entities();
    }

    /** Number of entities in the arrays, which are the first ones. */
    int baseNumbers() {
        return base.ids().size();
    }

    boolean isChanged(int entity) {
        return overlay.isChanged(entity);
    }

    EntityRecord record(int entity) {
        return overlay.record(entity);
    }

    /** The entities that something is stated about. */
    void forEachNumber(IntConsumer reader) {
        for (int entity : base.subjects()) {
            if (overlay.isStated(entity)) {
                reader.accept(entity);
            }
        }
        overlay.added().forEach(reader::accept);
    }

    /** The entities that were changed since the arrays were built, also those of which nothing is stated any more. */
    void forEachChanged(IntConsumer reader) {
        overlay.changed().forEach(reader::accept);
    }

    /** Whether a text may name the entity: not when it is nothing but a relation between others. */
    boolean isNameable(int entity) {
        return !isRelation(entity) || record(entity).nextRelation() || isReached(entity);
    }

    /** Whether an entity stands in some relation as that relation. */
    boolean isRelation(int entity) {
        return overlay.isRelation(entity);
    }

    private boolean isReached(int entity) {
        boolean[] reached = {overlay.incoming(entity).length > 0};
        visitUnchangedIn(entity, (relation, subject) -> {
            reached[0] = true;
            return 0;
        });
        return reached[0];
    }

    /** Gives relation and other entity to a visitor until it returns 0. */
    void visitOut(int entity, IntBinaryOperator visitor) {
        EntityRecord record = overlay.record(entity);
        while (record.nextRelation()) {
            if (visitor.applyAsInt(record.relation(), record.other()) == 0) {
                return;
            }
        }
    }

    /** Gives relation and subject of what is said of an entity to a visitor until it returns 0. */
    void visitIn(int entity, IntBinaryOperator visitor) {
        int[] added = overlay.incoming(entity);
        for (int i = 0; i < added.length; i += 2) {
            if (visitor.applyAsInt(added[i], added[i + 1]) == 0) {
                return;
            }
        }
        visitUnchangedIn(entity, visitor);
    }

    /** Gives relation and subject of what unchanged entities say of one to a visitor until it returns 0. */
    private void visitUnchangedIn(int entity, IntBinaryOperator visitor) {
        if (entity < baseNumbers()) {
            GraphArrays.Incoming incoming = base.incoming();
            for (int i = incoming.begins()[entity]; i < incoming.begins()[entity + 1]; i++) {
                int subject = incoming.subject()[i];
                if (!overlay.isChanged(subject) && visitor.applyAsInt(incoming.relation()[i], subject) == 0) {
                    return;
                }
            }
        }
    }

    private List<Neighbour> neighbours(int most, Consumer<IntBinaryOperator> visited) {
        List<Neighbour> found = new ArrayList<>();
        if (most > 0) {
            visited.accept((relation, other) -> {
                found.add(new Neighbour(overlay.id(relation), overlay.id(other)));
                return found.size() < most ? 1 : 0;
            });
        }
        return found;
    }

    private Optional<String> first(String entity, Aspect aspect) {
        int number = overlay.find(entity);
        if (number >= 0) {
            EntityRecord record = overlay.record(number);
            while (record.nextWords()) {
                if (record.aspect() == aspect) {
                    return Optional.of(record.words());
                }
            }
        }
        return Optional.empty();
    }

    private List<Statement> words(String entity, Aspect aspect) {
        List<Statement> found = new ArrayList<>();
        int number = overlay.find(entity);
        if (number >= 0) {
            EntityRecord record = overlay.record(number);
            while (record.nextWords()) {
                if (record.aspect() == aspect) {
                    String language = overlay.language(record.language());
                    found.add(new Statement(entity, aspect, "", record.words(), language, record.count()));
                }
            }
        }
        return found;
    }
}
