// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** Bodies of the reference that run as they stand, about measuring the task that {@link Examples} defines. */
final class EvaluationExamples {
    static final String SUITE = """
            {"examples": [{"text": "my card was stolen on the train", "label": "card_lost"},
                          {"text": "the new card is not here yet", "label": "card_arrival", "external_id": "s-2"}]}""";

    static final String SUITE_NDJSON = """
            {"text": "my card was stolen on the train", "label": "card_lost"}
            {"text": "the new card is not here yet", "label": "card_arrival"}
            """;

    static final String SUITE_CSV = """
            text,label
            my card was stolen on the train,card_lost
            the new card is not here yet,card_arrival
            """;

    static final String GATE = """
            {"recall": 0.01, "latency_ratio": 2, "latency_slack_ms": 10}""";

    static final String EVALUATION = """
            {"examples": [{"text": "my card was stolen on the train", "label": "card_lost"},
                          {"text": "the new card is not here yet", "label": "card_arrival"}],
             "stress": true, "seed": 1}""";

    private EvaluationExamples() {}
}
