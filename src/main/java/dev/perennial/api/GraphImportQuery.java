// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.GraphReading.Columns;
import dev.perennial.knowledge.GraphReading.Naming;
import dev.perennial.knowledge.Provenance;
import dev.perennial.refresh.GraphImport;
import dev.perennial.refusal.Refusal;
import dev.perennial.text.Text;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads the query parameters of an import. */
final class GraphImportQuery {
    static final String WORDNET = "wordnet-3.1";

    /** What can be said of any source. */
    static final String OF_SOURCES = "source,origin,licence,trust";

    /** What can be said of a file. */
    static final String OF_FILES = OF_SOURCES + ",on_error,language,label_predicates,alias_predicates,"
            + "description_predicates,entity_column,label_columns,alias_columns,description_columns,relation_columns";

    private static final String WORDNET_ORIGIN = "https://wordnet.princeton.edu/";
    private static final String WORDNET_LICENCE = "WordNet 3.0 License";
    private static final String UPLOAD = "upload";
    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{1,8}(-[a-z0-9]{1,8}){0,8}");
    private static final Pattern COMMA = Pattern.compile(",");
    private static final int CHARS = 2_000;

    private final Map<String, List<String>> parameters;
    private final Limits limits;

    /** @param parameters decoded values by name */
    GraphImportQuery(Map<String, List<String>> parameters, Limits limits) {
        this.parameters = parameters;
        this.limits = limits;
    }

    /**
     * How a file is to be imported, less the file.
     *
     * @throws Refusal.Invalid when a parameter is out of range
     */
    GraphImport settings(GraphForm form) {
        return settings(form, provenance(UPLOAD, "", ""));
    }

    /** How WordNet is to be imported. */
    GraphImport wordNet() {
        return settings(GraphForm.WORDNET, provenance(WORDNET, WORDNET_ORIGIN, WORDNET_LICENCE));
    }

    private GraphImport settings(GraphForm form, Provenance provenance) {
        GraphReading reading = new GraphReading(
                form,
                base(provenance.origin()),
                "",
                language(),
                new Naming(
                        set("label_predicates", Naming.USUAL.labels()),
                        set("alias_predicates", Naming.USUAL.aliases()),
                        set("description_predicates", Naming.USUAL.descriptions())),
                new Columns(
                        value("entity_column"),
                        set("label_columns", Set.of()),
                        set("alias_columns", Set.of()),
                        set("description_columns", Set.of()),
                        set("relation_columns", Set.of())),
                new GraphReading.Limits(limits.entityIdChars(), limits.literalBytes(), limits.jsonLdBytes()));
        return new GraphImport(Optional.empty(), provenance, skipping(), reading);
    }

    private Provenance provenance(String source, String origin, String licence) {
        String name = value("source").orElse(source);
        if (!GraphIds.isSource(name) || name.equals(Provenance.EDITS)) {
            throw new Refusal.Invalid(
                    "",
                    "the query parameter source must match " + GraphIds.SOURCE_SHAPE + " and not be "
                            + Provenance.EDITS);
        }
        return new Provenance(
                name, value("origin").orElse(origin), value("licence").orElse(licence), trust());
    }

    private double trust() {
        try {
            double trust = value("trust").map(Double::parseDouble).orElse(1.0);
            if (trust >= 0 && trust <= 1) {
                return trust;
            }
        } catch (NumberFormatException notANumber) {
            // refused below, like any other wrong number
        }
        throw new Refusal.Invalid("", "the query parameter trust must be a number from 0 to 1");
    }

    private boolean skipping() {
        return switch (value("on_error").orElse("abort")) {
            case "abort" -> false;
            case "skip" -> true;
            default -> throw new Refusal.Invalid("", "the query parameter on_error must be abort or skip");
        };
    }

    private String language() {
        String language = value("language").orElse("").toLowerCase(Locale.ROOT);
        if (!language.isEmpty() && !LANGUAGE.matcher(language).matches()) {
            throw new Refusal.Invalid("", "the query parameter language must be a BCP 47 tag, e.g. en");
        }
        return language;
    }

    private static Optional<String> base(String origin) {
        try {
            return origin.isEmpty() || !URI.create(origin).isAbsolute() ? Optional.empty() : Optional.of(origin);
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    private Set<String> set(String name, Set<String> otherwise) {
        return value(name)
                .<Set<String>>map(list -> new TreeSet<>(COMMA.splitAsStream(list)
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .toList()))
                .orElse(otherwise);
    }

    private Optional<String> value(String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new Refusal.Invalid("", "the query parameter " + name + " may be given once");
        }
        Optional<String> value = values.stream().filter(one -> !one.isEmpty()).findFirst();
        if (value.flatMap(one -> Text.flawIn(one, CHARS)).isPresent()) {
            throw new Refusal.Invalid(
                    "", "the query parameter " + name + " must be visible Unicode of at most " + CHARS + " characters");
        }
        return value;
    }
}
