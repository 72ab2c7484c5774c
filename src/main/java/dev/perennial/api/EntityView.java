// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.api.EntityBody.AttributeBody;
import dev.perennial.api.EntityBody.TripleBody;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeStore.Stated;
import dev.perennial.knowledge.Provenance;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.Statement.Aspect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What is stated of an entity, in a reply; its members are those of a definition.
 *
 * @param id its id
 * @param graph id of its graph
 * @param labels its first name by language, {@code und} where it is not known
 * @param aliases its other names by language
 * @param description what it is by language, the first of each
 * @param triples how it stands to other entities
 * @param attributes what else is said of it
 * @param statementsTotal how many statements there are; more than are shown when {@code truncated}
 * @param truncated whether some are not shown
 * @param edited whether a client said this; it is heard in the place of all sources then
 * @param sources names of the sources that state it
 */
@Schema(name = "Entity")
public record EntityView(
        String id,
        String graph,
        Map<String, String> labels,
        Map<String, List<String>> aliases,
        Map<String, String> description,
        List<TripleBody> triples,
        List<AttributeBody> attributes,
        long statementsTotal,
        boolean truncated,
        boolean edited,
        List<String> sources) {
    static final String UNKNOWN_LANGUAGE = "und";

    /** @param most how many statements are shown */
    static EntityView of(GraphId graph, String entity, Stated stated, int most) {
        EntityView view = new EntityView(
                entity,
                graph.value(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                stated.statements().size(),
                stated.statements().size() > most,
                stated.sources().equals(List.of(Provenance.EDITS)),
                stated.sources());
        stated.statements().stream().limit(most).forEach(view::add);
        return view;
    }

    private void add(Statement statement) {
        String language = statement.language().isEmpty() ? UNKNOWN_LANGUAGE : statement.language();
        if (statement.aspect() == Aspect.RELATION) {
            triples.add(new TripleBody(statement.relation(), statement.value()));
        } else if (statement.aspect() == Aspect.ATTRIBUTE) {
            String known = statement.language().isEmpty() ? null : statement.language();
            attributes.add(new AttributeBody(statement.relation(), statement.value(), known));
        } else if (statement.aspect() == Aspect.DESCRIPTION) {
            description.putIfAbsent(language, statement.value());
        } else if (statement.aspect() == Aspect.ALIAS || labels.putIfAbsent(language, statement.value()) != null) {
            aliases.computeIfAbsent(language, one -> new ArrayList<>()).add(statement.value());
        }
    }
}
