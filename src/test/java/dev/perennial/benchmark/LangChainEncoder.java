// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.util.List;

/** LangChain4j's all-minilm-l6-v2 as an encoder to learn by. It does not tell how many tokens it read. */
record LangChainEncoder(EmbeddingModel model) implements Encoder {
    private static final int DIMENSION = 384;
    private static final int MAX_TOKENS = 128;

    @Override
    public EncoderInfo info() {
        return new EncoderInfo(
                EncoderInfo.Reading.CONTEXTUAL,
                "all-minilm-l6-v2",
                "langchain4j-all-minilm-l6-v2",
                DIMENSION,
                EncoderInfo.Pooling.MEAN,
                "",
                MAX_TOKENS,
                "cpu",
                "fp32",
                0,
                0);
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        List<TextSegment> texts = passages.stream()
                .map(passage -> TextSegment.from(passage.text()))
                .toList();
        return model.embedAll(texts).content().stream()
                .map(embedded -> new Embedding(embedded.vector(), 0, false))
                .toList();
    }

    @Override
    public void close() {
        // The model lives as long as the process.
    }
}
