// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.journey.ServiceClient;
import dev.perennial.task.Answer;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What the service is asked and taught while it is measured. */
final class ServiceLoad {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int AT_ONCE = 1000;
    private static final List<String> COLOURS =
            List.of("red", "blue", "green", "black", "white", "grey", "brown", "gold", "silver", "pink");
    private static final List<String> THINGS =
            List.of("card", "book", "phone", "car", "bag", "letter", "box", "watch", "table", "chair", "lamp");

    private static final List<String> CARRIERS =
            List.of("mail", "train", "truck", "ship", "plane", "bus", "boat", "van", "bike", "road");
    private static final List<String> TIMES =
            List.of("week", "month", "year", "day", "summer", "winter", "spring", "morning", "friday", "monday");

    private ServiceLoad() {}

    /**
     * Texts of ten words that are one word piece each: twelve tokens with those at the ends. Eleven thousand of them
     * differ, so that none has to come twice to a service that remembers embeddings.
     */
    static String question(int number) {
        int rest = number;
        String colour = COLOURS.get(rest % COLOURS.size());
        rest /= COLOURS.size();
        String thing = THINGS.get(rest % THINGS.size());
        rest /= THINGS.size();
        String carrier = CARRIERS.get(rest % CARRIERS.size());
        rest /= CARRIERS.size();
        String time = TIMES.get(rest % TIMES.size());
        return "when will my " + colour + " " + thing + " arrive by " + carrier + " next " + time;
    }

    /** The training rows of a set of 150 intents, each text once, in an order that the seed gives. */
    static List<Map<String, Object>> intents(Path data, long seed) {
        List<Map<String, Object>> rows = new ArrayList<>();
        Set<String> texts = new HashSet<>();
        for (Teaching teaching : DataSet.of("clinc150").train().read(data, Kind.CLASSIFICATION)) {
            String text = teaching.input().text().value();
            if (texts.add(text)) {
                rows.add(Map.of("text", text, "label", ((Answer.OneLabel) teaching.answer()).label()));
            }
        }
        Collections.shuffle(rows, new Random(seed));
        return rows;
    }

    static void define(ServiceClient service, String task, int labels) throws Exception {
        List<Map<String, String>> names = new ArrayList<>();
        for (int i = 0; i < labels; i++) {
            names.add(Map.of("name", "label " + i, "description", THINGS.get(i % THINGS.size())));
        }
        expect(service.put(
                "/v1/tasks/" + task, json(Map.of("kind", "classification", "input", "text", "labels", names))));
    }

    static void teach(ServiceClient service, String task, List<Map<String, Object>> rows) throws Exception {
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            List<Map<String, Object>> some = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
            expect(service.post("/v1/tasks/" + task + "/examples", json(Map.of("examples", some))));
        }
    }

    static JsonNode ask(ServiceClient service, String task, String text) throws Exception {
        return expect(service.post(
                "/v1/tasks/" + task + "/predictions", json(Map.of("inputs", List.of(text), "mode", "full"))));
    }

    static JsonNode embed(ServiceClient service, String member, String text) throws Exception {
        return expect(service.post("/v1/embeddings", json(Map.of("model", member, "input", text))));
    }

    static JsonNode expect(ServiceClient.Reply reply) {
        if (reply.status() >= 300) {
            throw new IllegalStateException("status " + reply.status() + ": " + reply.body());
        }
        return reply.body();
    }

    private static String json(Object body) throws JsonProcessingException {
        return JSON.writeValueAsString(body);
    }
}
