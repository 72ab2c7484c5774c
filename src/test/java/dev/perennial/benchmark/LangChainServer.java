// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.perennial.encode.Encoded;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.task.Input;
import dev.perennial.text.Text;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one would build instead: LangChain4j's in-process all-minilm-l6-v2 and one head of the same kind as this
 * project's, behind the same HTTP server and JSON library, without anything in between. Every request embeds its texts
 * on one of the twenty worker threads that Vert.x has by itself, with which it takes less processor time than with as
 * many as there are cores: runs side by side leave fewer threads to spin. Arguments: the data folder, a folder for
 * vectors of what is taught, the port.
 */
public final class LangChainServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int FAILED = 500;

    private final EmbeddingModel model;
    private final Ensemble head;
    private final Vertx vertx = Vertx.vertx();

    private LangChainServer(EmbeddingModel model, Ensemble head) {
        this.model = model;
        this.head = head;
    }

    public static void main(String[] arguments) throws Exception {
        EmbeddingModel model = new AllMiniLmL6V2EmbeddingModel();
        try (EncoderPool pool = new EncoderPool(1, Integer.MAX_VALUE)) {
            Encoders encoders = new Encoders(pool, List.of(new LangChainEncoder(model)));
            Course course = new Course(Path.of(arguments[0]), Path.of(arguments[1]), encoders);
            Ensemble head = course.learn(IntentTask.SET, course.known(IntentTask.SET, IntentTask.SET.train()));
            new LangChainServer(model, head).serve(Integer.parseInt(arguments[2]));
        }
    }

    private void serve(int port) {
        vertx.createHttpServer()
                .requestHandler(request -> {
                    if (request.path().equals("/q/health/ready")) {
                        request.response().end();
                    } else {
                        answer(request);
                    }
                })
                .listen(port, "127.0.0.1");
    }

    private void answer(HttpServerRequest request) {
        request.body()
                .compose(body -> vertx.executeBlocking(() -> answers(body), false))
                .onSuccess(json -> request.response()
                        .setStatusCode(OK)
                        .putHeader("Content-Type", "application/json")
                        .end(json))
                .onFailure(failed -> request.response().setStatusCode(FAILED).end());
    }

    private Buffer answers(Buffer body) throws Exception {
        List<Map<String, Object>> predictions = new ArrayList<>();
        for (JsonNode text : JSON.readTree(body.getBytes()).path("inputs")) {
            float[] vector = model.embed(text.asText()).content().vector();
            Input input = Input.of(new Text(text.asText()));
            PredictionRequest request = new PredictionRequest(List.of(input), 1, Mode.FULL, false);
            Prediction prediction = head.predict(input, new Encoded(List.of(vector), false), request);
            predictions.add(Map.of(
                    "label",
                    prediction.label().orElse(""),
                    "probability",
                    prediction.probability().orElse(0)));
        }
        return Buffer.buffer(JSON.writeValueAsBytes(Map.of("predictions", predictions)));
    }
}
