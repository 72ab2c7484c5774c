// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import dev.perennial.api.Dialect;
import dev.perennial.api.Dialects;
import dev.perennial.facade.cohere.CohereDialect;
import dev.perennial.facade.inference.InferenceDialect;
import dev.perennial.facade.jina.JinaDialect;
import dev.perennial.facade.tei.TeiDialect;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which path is which façade's. Immutable. */
@Singleton
public final class FacadePaths implements Dialects {
    private final Map<Pattern, Dialect> dialectByPath = new LinkedHashMap<>();

    public FacadePaths() {
        dialectByPath.put(Pattern.compile("/v1/(classify|rerank)/?"), new SharedDialect());
        dialectByPath.put(Pattern.compile("/v1/(train|classifiers)(/.*)?"), new JinaDialect());
        dialectByPath.put(Pattern.compile("/v2/rerank/?"), new CohereDialect());
        dialectByPath.put(Pattern.compile("/v2(/.*)?"), new InferenceDialect());
        dialectByPath.put(
                Pattern.compile(
                        "/(embed|embed_all|embed_sparse|predict|rerank|similarity|info|tokenize|decode|health)/?"),
                new TeiDialect());
    }

    @Override
    public Optional<Dialect> of(String path) {
        return dialectByPath.entrySet().stream()
                .filter(entry -> entry.getKey().matcher(path).matches())
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
