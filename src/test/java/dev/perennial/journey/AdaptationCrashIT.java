// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** A service is killed while it adapts an encoder: the job goes on where it was, and nothing is left when it ends. */
final class AdaptationCrashIT {
    private static final Map<String, String> SETTINGS = Map.of("perennial.members.bundled", "all-minilm-l6-v2");
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final String TASK = "/v1/tasks/garden";
    private static final List<String> PLANTS = List.of("roses", "basil", "tulips", "lettuce");

    @TempDir
    private Path home;

    @Test
    void adaptationThatWasKilled_goesOnFromItsCheckpoint_andLeavesNothing() throws Exception {
        Path data = home.resolve("data");
        String job;
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            ServiceClient client = service.client();
            teach(client);
            ServiceClient.Reply accepted = client.post(
                    "/v1/members/all-minilm-l6-v2/refreshes",
                    "{\"strategy\": \"lora\", \"objective\": \"contrast\", \"tasks\": [\"garden\"],"
                            + " \"max_minutes\": 30, \"seed\": 1}");
            assertThat(accepted.status()).as("%s", accepted.body()).isEqualTo(202);
            job = accepted.body().path("id").asText();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> kept(data, job), Optional::isPresent);
            service.kill();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            ServiceClient client = service.client();
            JsonNode ended = await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(
                            () -> client.get("/v1/jobs/" + job).body(),
                            body -> List.of("succeeded", "failed")
                                    .contains(body.path("status").asText()));

            assertThat(ended.path("status").asText()).as("%s", ended).isEqualTo("succeeded");
            JsonNode trainings = ended.at("/result/report/strategies/0/trainings");
            assertThat(trainings).as("%s", ended).hasSize(4);
            JsonNode first = trainings.path(0);
            assertThat(first.path("steps_before_restart").asInt()).isPositive();
            assertThat(first.path("losses")).hasSize(40);
            assertThat(trainings.path(3).path("steps_before_restart").asInt()).isZero();
            assertThat(client.get("/v1/jobs/" + job + "/retention.svg").status())
                    .isEqualTo(404);
            List<Integer> drawn = pointsOfCurves(client.fetch("/v1/jobs/" + job + "/losses.svg"));
            assertThat(drawn).as("points of four trainings, and the legend").containsExactly(8, 8, 8, 8, 2);
            try (Stream<Path> left = Files.list(unfinished(data))) {
                assertThat(left).isEmpty();
            }
        }
    }

    private static List<Integer> pointsOfCurves(byte[] svg) throws Exception {
        NodeList curves = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg))
                .getElementsByTagName("polyline");
        return IntStream.range(0, curves.getLength())
                .mapToObj(i -> ((Element) curves.item(i)).getAttribute("points").split(" ").length)
                .toList();
    }

    private static Path unfinished(Path data) {
        return data.resolve("derived").resolve("adapted").resolve("unfinished");
    }

    /** A checkpoint or an outcome. */
    private static Optional<Path> kept(Path data, String job) throws IOException {
        Path folder = unfinished(data).resolve(job);
        if (!Files.exists(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*[.](checkpoint|trained)"))
                    .findFirst();
        }
    }

    private static void teach(ServiceClient client) throws Exception {
        client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
        List<String> examples = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            String text = (i % 2 == 0 ? "water the " : "prune the ") + PLANTS.get(i / 2 % 4) + " number " + i;
            examples.add("{\"text\": \"" + text + "\", \"label\": \"" + (i % 2 == 0 ? "wet" : "cut") + "\"}");
        }
        String body = "{\"examples\": [" + String.join(",", examples) + "]}";
        assertThat(client.post(TASK + "/examples", body).status()).isEqualTo(200);
    }
}
