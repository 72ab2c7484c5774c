// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code docs/faults.md} has a column for, each as one request to a task that was prepared for it. The task
 * answers by the second of three revisions, so that there is one to go on to and one to go back to.
 */
final class Operations {
    static final String TASK = "/v1/tasks/kitchen";
    static final String ENCODER = "all-minilm-l6-v2";

    /** Enough to adapt an encoder by. */
    static final int FIRST_EXAMPLES = 20;

    /** How many the task has when it is prepared: one of three revisions is not served. */
    static final int EXAMPLES = FIRST_EXAMPLES + 1;

    /** As the columns call them. */
    enum Operation {
        PREDICT,
        TEACH,
        REFRESH,
        ACTIVATE,
        ROLLBACK,
        DELETE,
        EXPORT
    }

    private final String earlier;
    private final String serving;
    private final String later;
    private final String example;

    private Operations(String earlier, String serving, String later, String example) {
        this.earlier = earlier;
        this.serving = serving;
        this.later = later;
        this.example = example;
    }

    static Operations prepare(ServiceClient client) throws Exception {
        assertThat(client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}")
                        .status())
                .isEqualTo(201);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < FIRST_EXAMPLES; i += 2) {
            rows.add("{\"text\": \"heat the oil in pan %d\", \"label\": \"frying\"}".formatted(i));
            rows.add("{\"text\": \"wipe table %d with soap\", \"label\": \"cleaning\"}".formatted(i));
        }
        JsonNode first = teach(client, String.join(",", rows));
        JsonNode second = teach(client, "{\"text\": \"wash the glasses\", \"label\": \"cleaning\"}");
        JsonNode third = teach(client, "{\"text\": \"the fish is in the pan\", \"label\": \"frying\"}");
        Operations operations = new Operations(
                revision(first),
                revision(second),
                revision(third),
                first.path("example_ids").path(0).asText());
        assertThat(operations.serve(client, operations.serving).status()).isEqualTo(200);
        return operations;
    }

    private static JsonNode teach(ServiceClient client, String examples) throws Exception {
        ServiceClient.Reply taught = client.post(TASK + "/examples", "{\"examples\": [" + examples + "]}");
        assertThat(taught.status()).as("%s", taught.body()).isEqualTo(200);
        return taught.body();
    }

    private static String revision(JsonNode reply) {
        return reply.path("revision").asText();
    }

    private ServiceClient.Reply serve(ServiceClient client, String revision) throws Exception {
        return client.put(TASK + "/aliases/serving", "{\"revision\": \"" + revision + "\", \"anyhow\": true}");
    }

    /** The reply to each operation, one after the other. */
    Map<Operation, ServiceClient.Reply> all(ServiceClient client) throws Exception {
        Map<Operation, ServiceClient.Reply> replies = new LinkedHashMap<>();
        for (Operation operation : Operation.values()) {
            replies.put(operation, one(operation, client));
        }
        return replies;
    }

    ServiceClient.Reply one(Operation operation, ServiceClient client) throws Exception {
        return switch (operation) {
            case PREDICT -> client.post(TASK + "/predictions", "{\"inputs\": [\"sausages sizzle\"]}");
            case TEACH ->
                client.post(
                        TASK + "/examples",
                        "{\"examples\": [{\"text\": \"chips in hot fat\", \"label\": \"frying\"}]}");
            case REFRESH ->
                client.post(
                        "/v1/members/" + ENCODER + "/refreshes",
                        "{\"strategy\": \"bitfit\", \"tasks\": [\"kitchen\"], \"max_minutes\": 1}");
            case ACTIVATE -> serve(client, later);
            case ROLLBACK -> serve(client, earlier);
            case DELETE -> client.delete(TASK + "/examples/" + example);
            case EXPORT -> client.post("/v1/exports", "{\"tasks\": [\"kitchen\"]}");
        };
    }

    /** The revision that answers now. */
    String answering(ServiceClient client) throws Exception {
        return one(Operation.PREDICT, client).body().path("revision").asText();
    }

    /**
     * Answers go on, by the revision that served; every change is refused as one that may be sent again.
     *
     * @param answering that revision
     */
    void assertServesThrough(ServiceClient client, String answering) throws Exception {
        all(client).forEach((operation, reply) -> {
            if (operation == Operation.PREDICT) {
                assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
                assertThat(revision(reply.body())).isEqualTo(answering);
            } else {
                assertThat(reply.status()).as("%s: %s", operation, reply.body()).isEqualTo(503);
                assertThat(reply.body().path("retryable").asBoolean())
                        .as("%s: %s", operation, reply.body())
                        .isTrue();
            }
        });
        assertThat(client.status("/q/health/ready")).isEqualTo(200);
        assertThat(client.status("/q/health/live")).isEqualTo(200);
    }

    /** All is done again. */
    void assertAllDone(ServiceClient client) throws Exception {
        all(client)
                .forEach((operation, reply) -> assertThat(reply.status())
                        .as("%s: %s", operation, reply.body())
                        .isBetween(200, 202));
    }
}
