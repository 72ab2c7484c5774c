// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.journey.ServiceClient;
import dev.perennial.task.Answer;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The task of 77 intents on a running service, and what is asked of it under load.
 *
 * @param service where it runs
 * @param pid the process of that service, to read what it uses; 0: not known
 */
record IntentTask(URI service, long pid) {
    static final DataSet SET = DataSet.of("banking77");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TASK = "bench-load";
    private static final int AT_ONCE = 128;

    /** Label and stage of an answer. */
    record Answered(String label, String stage) {}

    /** Teaches so many examples of each label, unless the service was taught just that before. */
    void teach(Path data, int examplesOfALabel, long seed) throws Exception {
        Map<String, Integer> taught = new HashMap<>();
        List<Map<String, Object>> rows = new ArrayList<>();
        List<Teaching> all = new ArrayList<>(SET.train().read(data, Kind.CLASSIFICATION));
        Collections.shuffle(all, new Random(seed));
        for (Teaching row : all) {
            String label = ((Answer.OneLabel) row.answer()).label();
            if (taught.merge(label, 1, Integer::sum) <= examplesOfALabel) {
                rows.add(Map.of("text", row.input().text().value(), "label", label));
            }
        }
        // The definition tells what was taught to the end, so that a later run can tell as well.
        String instruction = "Which intent is it? Taught " + rows.size() + " by seed " + seed;
        ServiceClient client = new ServiceClient(service);
        JsonNode task = client.get("/v1/tasks/" + TASK).body();
        if (!task.path("instruction").asText().equals(instruction)) {
            client.delete("/v1/tasks/" + TASK);
            define(client, "");
            ServiceLoad.teach(client, TASK, rows);
            define(client, instruction);
        }
    }

    private static void define(ServiceClient client, String instruction) throws Exception {
        ServiceLoad.expect(client.put(
                "/v1/tasks/" + TASK,
                JSON.writeValueAsString(Map.of(
                        "kind", "classification", "input", "text", "labels", List.of(), "instruction", instruction))));
    }

    /** Every question once, as it was written. */
    List<Answered> answers(List<Questions.Question> questions, String mode) throws Exception {
        ServiceClient client = new ServiceClient(service);
        List<Answered> answers = new ArrayList<>();
        for (int from = 0; from < questions.size(); from += AT_ONCE) {
            List<String> texts = questions.subList(from, Math.min(questions.size(), from + AT_ONCE)).stream()
                    .map(Questions.Question::text)
                    .toList();
            JsonNode reply = ServiceLoad.expect(client.post(
                    "/v1/tasks/" + TASK + "/predictions",
                    JSON.writeValueAsString(Map.of("inputs", texts, "mode", mode))));
            for (JsonNode prediction : reply.path("predictions")) {
                answers.add(new Answered(
                        prediction.path("label").asText(),
                        prediction.path("stage").asText()));
            }
        }
        return answers;
    }

    /** Questions one by one. */
    Load asking(Questions questions, String mode) {
        return new Load(
                service,
                "/v1/tasks/" + TASK + "/predictions",
                () -> "{\"inputs\":[" + quoted(questions) + "],\"mode\":\"" + mode + "\"}",
                pid);
    }

    /** Questions one by one, for a vector of one member. */
    Load embedding(Questions questions, String member) {
        return new Load(
                service,
                "/v1/embeddings",
                () -> "{\"model\":\"" + member + "\",\"input\":" + quoted(questions) + "}",
                pid);
    }

    /** The next question as a string of JSON. */
    static String quoted(Questions questions) {
        return "\""
                + new String(JsonStringEncoder.getInstance()
                        .quoteAsString(questions.next().text()))
                + "\"";
    }
}
