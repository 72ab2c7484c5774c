// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import dev.perennial.api.Dialect;
import dev.perennial.facade.cohere.CohereClassification;
import dev.perennial.facade.cohere.CohereDialect;
import dev.perennial.facade.jina.JinaClassification;
import dev.perennial.facade.jina.JinaDialect;
import jakarta.inject.Singleton;

/** The two protocols that share the path of classification. Immutable. */
@Singleton
public final class Protocols {
    private final CohereClassification cohere;
    private final JinaClassification jina;

    public Protocols(CohereClassification cohere, JinaClassification jina) {
        this.cohere = cohere;
        this.jina = jina;
    }

    CohereClassification cohere() {
        return cohere;
    }

    JinaClassification jina() {
        return jina;
    }

    Dialect coheres() {
        return new CohereDialect();
    }

    Dialect jinas() {
        return new JinaDialect();
    }
}
