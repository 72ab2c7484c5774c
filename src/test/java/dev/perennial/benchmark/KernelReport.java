// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes {@code kernels.md} of what JMH has measured. Arguments: its results as JSON, and the folder of the table. */
public final class KernelReport {
    private KernelReport() {}

    public static void main(String[] arguments) throws Exception {
        JsonNode results = new ObjectMapper().readTree(Path.of(arguments[0]).toFile());
        if (results.isEmpty()) {
            throw new IllegalStateException("JMH has measured nothing");
        }
        Report report = new Report();
        report.say("# Kernels and the engine%n%nWritten by `KernelReport` of what JMH measured; do not edit.%n%n");
        report.say("%s. Load average at the end %.1f.%n%n", Machine.description(), Machine.load());
        report.say("| benchmark | parameters | mode | score | ± (99.9 %%) | unit |%n");
        report.say("| --- | --- | --- | ---: | ---: | --- |%n");
        for (JsonNode result : results) {
            String name = result.path("benchmark").asText();
            List<String> parameters = new ArrayList<>();
            result.path("params")
                    .properties()
                    .forEach(one ->
                            parameters.add(one.getKey() + " " + one.getValue().asText()));
            JsonNode measured = result.path("primaryMetric");
            report.say(
                    "| %s | %s | %s | %.4g | %.2g | %s |%n",
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                    String.join(", ", parameters),
                    result.path("mode").asText(),
                    measured.path("score").asDouble(),
                    measured.path("scoreError").asDouble(Double.NaN),
                    measured.path("scoreUnit").asText());
        }
        report.write(Path.of(arguments[1]), "kernels.md");
    }
}
