// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** Bodies of the reference about vectors that run as they stand. */
final class VectorExamples {
    static final String EMBEDDINGS = """
            {"model": "ensemble", "input": ["my card is gone", "where is my card?"]}""";

    static final String EMBEDDINGS_SHORT = """
            {"model": "ensemble", "input": "my card is gone", "encoding_format": "base64", "dimensions": 64}""";

    static final String SIMILARITY = """
            {"pairs": [["my card is gone", "I have lost my card"], ["my card is gone", "what a lovely day"]],
             "model": "ensemble"}""";

    static final String RERANK = """
            {"query": "How do I block a stolen card?", "top_n": 2, "return_documents": true,
             "documents": ["The weather is fine today.", "Freeze the card in the app when it is stolen.",
                           {"text": "New cards arrive within five days."}]}""";

    private VectorExamples() {}
}
