// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.evaluate.TrainingPlots;
import dev.perennial.evaluate.TrainingPlots.Curve;
import dev.perennial.evaluate.TrainingPlots.Retained;
import dev.perennial.refresh.JobStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Draws what jobs tell of their trainings; empty where a job tells nothing of the sort. */
final class JobPlots {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The losses that were told so far; a step that was made again counts as it was last. Not thread-safe. */
    static final class Losses {
        private final Map<String, Curve> trainings = new LinkedHashMap<>();

        void add(JobStore.Event event) {
            JsonNode told = read(event.data());
            if (told.hasNonNull("loss")) {
                trainings
                        .computeIfAbsent(
                                told.path("training").asText(),
                                name -> new Curve(told.path("way").asText(), new TreeMap<>()))
                        .valueByStep()
                        .put(told.path("step").asLong(), told.path("loss").asDouble());
            }
        }

        Optional<String> drawn() {
            return trainings.isEmpty()
                    ? Optional.empty()
                    : Optional.of(TrainingPlots.losses(List.copyOf(trainings.values())));
        }
    }

    private JobPlots() {}

    /** @param result of a job, in JSON */
    static Optional<String> retention(String result) {
        for (JsonNode strategy : read(result).path("report").path("strategies")) {
            JsonNode retention = strategy.path("retention");
            if (!retention.path("tensors").isEmpty()) {
                return Optional.of(TrainingPlots.retention(
                        retention.path("merge").asText(), steps(retention), tensors(retention)));
            }
        }
        return Optional.empty();
    }

    private static List<Double> steps(JsonNode retention) {
        List<Double> steps = new ArrayList<>();
        retention.path("steps").forEach(step -> steps.add(step.asDouble()));
        return steps;
    }

    private static List<Retained> tensors(JsonNode retention) {
        List<Retained> tensors = new ArrayList<>();
        retention
                .path("tensors")
                .forEach(one -> tensors.add(new Retained(
                        one.path("tensor").asText(),
                        one.path("least").asDouble(),
                        one.path("mean").asDouble(),
                        one.path("most").asDouble())));
        return tensors;
    }

    /** What the service itself wrote. */
    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException damaged) {
            throw new IllegalStateException("a job's record is not JSON", damaged);
        }
    }
}
