// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Collection;

/** Vectors that an encoder reads from what is said of entities in words. */
record ReadSpeech(TextualVectors texts) implements EntitySpeech {
    @Override
    public Spoken spoken(EntityVectors vectors, Linker before, Linker linker, Collection<String> entities) {
        return new Spoken(this, texts.with(vectors, linker.graph(), entities), Late.NOTHING);
    }

    @Override
    public boolean keeps(Linker linker, KnowledgeGraph before, KnowledgeGraph after, String entity) {
        return texts.saysTheSame(before, after, entity);
    }

    @Override
    public String source(Linker linker) {
        return texts.source(linker.graph());
    }

    @Override
    public String space() {
        return "read by " + texts.encoder().info().digest();
    }
}
