// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cohere.api.Cohere;
import com.cohere.api.core.CohereApiException;
import com.cohere.api.requests.ClassifyRequest;
import com.cohere.api.requests.RerankRequest;
import com.cohere.api.resources.v2.requests.V2RerankRequest;
import com.cohere.api.resources.v2.types.V2RerankResponse;
import com.cohere.api.types.ClassifyExample;
import com.cohere.api.types.ClassifyResponse;
import com.cohere.api.types.ClassifyResponseClassificationsItem;
import com.cohere.api.types.RerankRequestDocumentsItem;
import com.cohere.api.types.RerankResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cohere's own client for Java asks this service, of which it is told the address alone. */
final class CohereClientIT {
    private static final String OPERATOR = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path home;

    @Test
    void client_classifiesAndReranks() throws Exception {
        Map<String, String> settings =
                Map.of("perennial.members.bundled", "static", "perennial.security.operator-key", OPERATOR);
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings)) {
            Cohere cohere = Cohere.builder()
                    .token(OPERATOR)
                    .clientName("test")
                    .url("http://127.0.0.1:" + service.client().port())
                    .build();
            classifies(cohere);
            reranks(cohere);
            readsFailures(cohere);
        }
    }

    private static void classifies(Cohere cohere) {
        ClassifyResponse reply = cohere.classify(ClassifyRequest.builder()
                .inputs(List.of("I have lost my card"))
                .examples(List.of(
                        example("my card is gone", "lost"),
                        example("my card was stolen", "lost"),
                        example("what is the weather like", "weather"),
                        example("will it rain today", "weather")))
                .build());
        ClassifyResponseClassificationsItem answer = reply.getClassifications().get(0);
        assertThat(reply.getId()).isNotBlank();
        assertThat(answer.getInput()).hasValue("I have lost my card");
        assertThat(answer.getPrediction()).hasValue("lost");
        assertThat(answer.getPredictions()).containsExactly("lost");
        assertThat(answer.getConfidence())
                .hasValueSatisfying(confidence -> assertThat(confidence).isGreaterThan(0.5f));
        assertThat(answer.getConfidences()).hasSize(1);
        assertThat(answer.getLabels()).containsOnlyKeys("lost", "weather");
        assertThat(answer.getLabels().get("lost").getConfidence()).isEqualTo(answer.getConfidence());
        assertThat(answer.getClassificationType()).hasToString("single-label");
    }

    private static ClassifyExample example(String text, String label) {
        return ClassifyExample.builder().text(text).label(label).build();
    }

    private static void reranks(Cohere cohere) {
        RerankResponse first = cohere.rerank(RerankRequest.builder()
                .query("my card is gone")
                .documents(List.of(
                        RerankRequestDocumentsItem.of("what a lovely day"),
                        RerankRequestDocumentsItem.of("I have lost my card")))
                .model("rerank-v3.5")
                .returnDocuments(true)
                .build());
        assertThat(first.getResults()).hasSize(2);
        assertThat(first.getResults().get(0).getIndex()).isEqualTo(1);
        assertThat(first.getResults().get(0).getDocument())
                .hasValueSatisfying(document -> assertThat(document.getText()).isEqualTo("I have lost my card"));
        V2RerankResponse second = cohere.v2()
                .rerank(V2RerankRequest.builder()
                        .model("rerank-v3.5")
                        .query("my card is gone")
                        .documents(List.of("what a lovely day", "I have lost my card"))
                        .topN(1)
                        .build());
        assertThat(second.getResults()).hasSize(1);
        assertThat(second.getResults().get(0).getIndex()).isEqualTo(1);
    }

    private static void readsFailures(Cohere cohere) {
        assertThatThrownBy(() -> cohere.classify(
                        ClassifyRequest.builder().inputs(List.of("a")).build()))
                .isInstanceOfSatisfying(CohereApiException.class, failure -> {
                    assertThat(failure.statusCode()).isEqualTo(400);
                    assertThat(failure.body()).asString().contains("/examples");
                });
    }
}
