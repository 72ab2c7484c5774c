// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.api.EntityBody.AttributeBody;
import dev.perennial.api.EntityBody.TripleBody;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.Statement.Aspect;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.text.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a client says of an entity. Belongs to one request. */
final class EntityDefinitions {
    /** UTF-8 bytes: an index of PostgreSQL holds little more. */
    static final int MOST_ID_BYTES = 2_560;

    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{1,8}(-[a-z0-9]{1,8}){0,8}");

    private final Limits limits;
    private final String entity;
    private final List<Statement> statements = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();

    /** @param entity an id that {@link #requireId} let pass */
    EntityDefinitions(Limits limits, String entity) {
        this.limits = limits;
        this.entity = entity;
    }

    /** @throws Refusal.Invalid when no entity can have the id */
    static void requireId(String id, Limits limits) {
        int bytes = id.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_ID_BYTES) {
            throw new Refusal.TooLarge("entity_id_bytes", MOST_ID_BYTES, bytes);
        }
        if (id.length() > limits.entityIdChars()) {
            throw new Refusal.TooLarge("entity_id_chars", limits.entityIdChars(), id.length());
        }
        Text.flawIn(id, Integer.MAX_VALUE).ifPresent(flaw -> {
            throw new Refusal.Invalid("", "the entity's id " + flaw.detail());
        });
    }

    /**
     * What is said, each thing once.
     *
     * @throws Refusal.Invalid when some of it cannot be said
     */
    List<Statement> read(EntityBody body) {
        words("/labels", Aspect.LABEL, body.labels());
        aliases(body.aliases());
        words("/description", Aspect.DESCRIPTION, body.description());
        triples(body.triples());
        attributes(body.attributes());
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        if (statements.size() > limits.entityStatements()) {
            throw new Refusal.TooLarge("entity_statements", limits.entityStatements(), statements.size());
        }
        return statements.stream().distinct().toList();
    }

    private void words(String pointer, Aspect aspect, @Nullable WordsBody body) {
        if (body != null) {
            body.byLanguage()
                    .forEach((language, words) -> language(pointer, language)
                            .ifPresent(tag -> text(pointer, words)
                                    .ifPresent(
                                            text -> statements.add(new Statement(entity, aspect, "", text, tag, 1)))));
        }
    }

    private void aliases(@Nullable Map<String, @Nullable List<@Nullable String>> aliases) {
        if (aliases == null) {
            return;
        }
        aliases.forEach((language, list) -> {
            if (list == null) {
                faults.add(new Fault("/aliases", "holds null; send a list of names for each language"));
                return;
            }
            for (String alias : list) {
                language("/aliases", language)
                        .ifPresent(tag -> text("/aliases", alias)
                                .ifPresent(text -> statements.add(Statement.alias(entity, text, tag))));
            }
        });
    }

    private void triples(@Nullable List<@Nullable TripleBody> triples) {
        for (int i = 0; triples != null && i < triples.size(); i++) {
            String pointer = "/triples/" + i;
            TripleBody triple = triples.get(i);
            if (triple == null) {
                faults.add(new Fault(pointer, "is null; send {\"relation\": …, \"tail\": …}"));
                continue;
            }
            Optional<String> relation = id(pointer + "/relation", triple.relation());
            Optional<String> tail = id(pointer + "/tail", triple.tail());
            if (relation.isPresent() && tail.isPresent()) {
                statements.add(Statement.relation(entity, relation.get(), tail.get()));
            }
        }
    }

    private void attributes(@Nullable List<@Nullable AttributeBody> attributes) {
        for (int i = 0; attributes != null && i < attributes.size(); i++) {
            String pointer = "/attributes/" + i;
            AttributeBody attribute = attributes.get(i);
            if (attribute == null) {
                faults.add(new Fault(pointer, "is null; send {\"attribute\": …, \"value\": …}"));
                continue;
            }
            Optional<String> name = id(pointer + "/attribute", attribute.attribute());
            Optional<String> value = text(pointer + "/value", attribute.value());
            Optional<String> language = attribute.language() == null
                    ? Optional.of("")
                    : language(pointer + "/language", attribute.language());
            if (name.isPresent() && value.isPresent() && language.isPresent()) {
                statements.add(Statement.attribute(entity, name.get(), value.get(), language.get()));
            }
        }
    }

    private Optional<String> id(String pointer, @Nullable String id) {
        if (id == null) {
            faults.add(new Fault(pointer, "is missing; send an id"));
            return Optional.empty();
        }
        Optional<Text.Flaw> flaw = Text.flawIn(id, limits.entityIdChars());
        flaw.ifPresent(one -> faults.add(new Fault(pointer, one.detail())));
        return flaw.isPresent() ? Optional.empty() : Optional.of(id);
    }

    private Optional<String> text(String pointer, @Nullable String words) {
        if (words == null) {
            faults.add(new Fault(pointer, "is null; send a string"));
            return Optional.empty();
        }
        int bytes = words.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limits.literalBytes()) {
            throw new Refusal.TooLarge("literal_bytes", limits.literalBytes(), bytes);
        }
        Optional<Text.Flaw> flaw = Text.flawIn(words, Integer.MAX_VALUE);
        flaw.ifPresent(one -> faults.add(new Fault(pointer, one.detail())));
        return flaw.isPresent() ? Optional.empty() : Optional.of(new Text(words).value());
    }

    private Optional<String> language(String pointer, String tag) {
        String lower = tag.toLowerCase(Locale.ROOT);
        if (lower.isEmpty() || lower.equals(EntityView.UNKNOWN_LANGUAGE)) {
            return Optional.of("");
        }
        if (LANGUAGE.matcher(lower).matches()) {
            return Optional.of(lower);
        }
        faults.add(new Fault(pointer, "names a language that is no BCP 47 tag; send one like en, or und"));
        return Optional.empty();
    }
}
