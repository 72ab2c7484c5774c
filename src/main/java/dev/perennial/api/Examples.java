// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** Bodies of the reference that run as they stand, in the order in which they are written here. */
final class Examples {
    static final String CLASSIFICATION = """
            {"kind": "classification", "input": "text",
             "instruction": "Which banking intent does this message express?",
             "labels": [{"name": "card_lost", "description": "the card is lost or stolen"},
                        {"name": "card_arrival", "description": "when a new card will arrive"}]}""";

    static final String REGRESSION = """
            {"kind": "regression", "input": "pair", "instruction": "How similar are the two sentences?",
             "score_range": [0, 5]}""";

    static final String TEACHING = """
            {"examples": [{"text": "my card is gone", "label": "card_lost"},
                          {"text": "somebody stole my card", "label": "card_lost"},
                          {"text": "when will my new card come?", "label": "card_arrival"},
                          {"text": "is my card on its way yet?", "label": "card_arrival", "external_id": "m-17"}]}""";

    static final String TEACHING_NDJSON = """
            {"text": "I cannot find my card anywhere", "label": "card_lost"}
            {"text": "has my card been sent?", "label": "card_arrival"}
            """;

    static final String PREDICTION_NDJSON = """
            "my card is gone"
            {"text": "when does my card arrive?"}
            """;

    static final String TEACHING_CSV = """
            text,label
            my wallet with the card was stolen,card_lost
            how long until the card gets here?,card_arrival
            """;

    static final String PREDICTION = """
            {"inputs": [{"text": "I have lost my card"}], "top_k": 3, "mode": "auto", "explain": true}""";

    static final String PREDICTION_STRINGS = """
            {"inputs": ["where is the card that you sent me?", "my card was taken"]}""";

    static final String INSTRUCTION_PREDICTION = """
            {"instruction": "Is the mood of this sentence good or bad?", "inputs": ["what a lovely day"],
             "labels": [{"name": "good", "description": "happy"}, {"name": "bad", "description": "sad"}]}""";

    static final String TASKS_PREDICTION = """
            {"tasks": ["banking", "sentiment"], "inputs": ["my card is gone"]}""";

    static final String TEXT_PREDICTION = """
            {"inputs": ["my card is gone", "what a lovely film"]}""";

    static final String POLICY = """
            {"target_coverage": 0.9, "min_probability": null, "cascade_risk": 0.01, "abstain_cost": null,
             "error_costs": null, "max_source_share": null, "drifts": false}""";

    static final String FEEDBACK = """
            {"text": "the postman has not brought my card", "label": "card_arrival"}""";

    static final String PREDICTION_LOG = """
            {"keep_texts": false}""";

    static final String OPERATOR_KEY = """
            {"name": "operations", "role": "operator"}""";
    static final String KEY = """
            {"name": "the shop's website", "role": "reader", "expires_at": "2099-01-01T00:00:00Z"}""";

    static final String QUOTA = """
            {"requests_per_minute": 600, "examples_per_day": 10000}""";

    static final String ALIAS = """
            {"revision": "serving"}""";

    private Examples() {}
}
