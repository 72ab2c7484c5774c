// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** Bodies of the reference about documents that run as they stand. */
final class DocumentExamples {
    static final String SOURCE = """
            {"origin": "https://en.wikipedia.org", "licence": "CC-BY-SA-4.0", "trust": 0.8,
             "description": "articles about money"}""";

    static final String DOCUMENTS = """
            {"documents": [{"title": "Chargeback", "language": "en", "external_id": "chargeback",
                            "text": "A chargeback returns money to a payer after a disputed card payment."},
                           {"text": "A direct debit is started by the payee and not by the payer."}]}""";

    static final String DOCUMENTS_NDJSON = """
            {"text": "An overdraft is a loan that begins when an account falls below zero."}
            {"text": "A standing order pays a fixed amount at fixed times."}
            """;

    static final String SEARCH = """
            {"query": "get my money back after a card payment", "mode": "hybrid", "top_n": 3}""";

    static final String EVALUATION_TEXTS = """
            {"texts": ["Why was my card payment returned to me twice last week?"]}""";

    static final String EVALUATION_TEXTS_NDJSON = """
            "Where do I see the fee for paying abroad with my card?"
            {"text": "How long does a refund of a card payment take?"}
            """;

    private DocumentExamples() {}
}
