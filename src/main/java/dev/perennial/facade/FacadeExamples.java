// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

/** Requests as the documentation of each protocol shows them; they run as they stand. */
public final class FacadeExamples {
    public static final String COHERE_CLASSIFY = """
            {"inputs": ["Confirm your email address", "hey i need u to send some $"],
             "examples": [
               {"text": "Dermatologists don't like her!", "label": "Spam"},
               {"text": "'Hello, open to this?'", "label": "Spam"},
               {"text": "I need help please wire me $1000 right now", "label": "Spam"},
               {"text": "Nice to know you ;)", "label": "Spam"},
               {"text": "Please help me?", "label": "Spam"},
               {"text": "Your parcel will be delivered today", "label": "Not spam"},
               {"text": "Review changes to our Terms and Conditions", "label": "Not spam"},
               {"text": "Weekly sync notes", "label": "Not spam"},
               {"text": "'Re: Follow up from today's meeting'", "label": "Not spam"},
               {"text": "Pre-read for tomorrow", "label": "Not spam"}]}""";

    public static final String COHERE_RERANK = """
            {"model": "rerank-v3.5", "query": "What is the capital of the United States?", "top_n": 2,
             "documents": ["Carson City is the capital city of the American state of Nevada.",
                           "Washington, D.C. is the capital of the United States.",
                           "Capital punishment has existed in the United States since before it was a country."]}""";

    public static final String JINA_CLASSIFY = """
            {"model": "jina-embeddings-v3",
             "input": ["Explain the theory of relativity in simple terms.",
                       {"text": "Design a database schema for an e-commerce platform."}],
             "labels": ["Technical explanation", "Creative writing", "Business solution"]}""";

    public static final String JINA_TRAIN = """
            {"model": "jina-embeddings-v3", "access": "public", "num_iters": 20,
             "input": [{"text": "Describe the structure of a plant cell.", "label": "Biology"},
                       {"text": "Write a poem about the ocean.", "label": "Creative writing"}]}""";

    public static final String TEI_EMBED = """
            {"inputs": ["What is Deep Learning?", "What is Machine Learning?"], "normalize": true, "truncate": true}""";

    public static final String TEI_PREDICT = """
            {"inputs": [["I like you."], ["I hate pineapples"]]}""";

    public static final String TEI_RERANK = """
            {"query": "What is Deep Learning?", "return_text": true,
             "texts": ["Deep Learning is a sub-field of Machine Learning.", "Deep learning is a country"]}""";

    public static final String TEI_SIMILARITY = """
            {"inputs": {"source_sentence": "What is Deep Learning?",
                        "sentences": ["What is Machine Learning?", "What a lovely day"]}}""";

    public static final String INFERENCE = """
            {"id": "42", "inputs": [{"name": "text", "shape": [2], "datatype": "BYTES",
                                     "data": ["my card is gone", "where is my card?"]}]}""";

    private FacadeExamples() {}
}
