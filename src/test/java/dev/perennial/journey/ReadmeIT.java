// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newcomer copies the commands of the README one after the other, and gets what it says. */
final class ReadmeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LABELS = 3;
    private static final int EXAMPLES = 15;
    private static final int MEMBERS = 3;
    private static final int WORDNET_ENTITIES = 100_000;

    @TempDir
    private Path home;

    @Test
    void journey_teachesAsksAndCorrects() throws Exception {
        ReadmeJourney readme = ReadmeJourney.read(Path.of("README.md"));
        assertThat(readme.commands().keySet())
                .containsExactly(
                        "ready",
                        "define",
                        "teach",
                        "ask",
                        "wrong",
                        "correct",
                        "right",
                        "back",
                        "forth",
                        "graph",
                        "import",
                        "serving",
                        "links",
                        "source",
                        "documents",
                        "search");
        try (ServiceProcess service = ServiceProcess.start(home, home.resolve("data"), Map.of())) {
            Newcomer newcomer = new Newcomer(readme, service.client().port(), new LinkedHashSet<>());
            assertThat(newcomer.run("ready").path("status").asText()).isEqualTo("UP");
            assertThat(newcomer.run("define").path("labels")).hasSize(LABELS);
            JsonNode taught = newcomer.run("teach");
            assertThat(taught.path("taught").asInt()).isEqualTo(EXAMPLES);
            assertThat(taught.path("rejected")).isEmpty();

            explains(newcomer.run("ask"), taught.path("revision").asText());
            corrects(newcomer);
            goesBackAndForth(newcomer, taught.path("revision").asText());
            links(newcomer);
            finds(newcomer);
            assertThat(newcomer.ran())
                    .containsExactlyElementsOf(readme.commands().keySet());
        }
    }

    private static void explains(JsonNode reply, String revision) {
        assertThat(reply.path("revision").asText()).isEqualTo(revision);
        JsonNode answer = reply.path("predictions").path(0);
        assertThat(answer.path("label").asText()).isEqualTo("delivery");
        assertThat(answer.path("probability").asDouble()).isGreaterThan(0.5).isLessThanOrEqualTo(1);
        assertThat(answer.path("label_set")).extracting(JsonNode::asText).contains("delivery");
        assertThat(answer.path("members_used")).hasSize(MEMBERS);
        assertThat(answer.path("members"))
                .hasSizeGreaterThanOrEqualTo(MEMBERS)
                .allSatisfy(vote -> assertThat(vote.path("label").asText()).isNotEmpty());
        assertThat(answer.path("without")).hasSize(MEMBERS);
        assertThat(answer.path("neighbours")).isNotEmpty();
        assertThat(answer.path("neighbours").path(0).path("label").asText()).isEqualTo("delivery");
    }

    private static void corrects(Newcomer newcomer) throws Exception {
        assertThat(newcomer.answer("wrong")).isEqualTo("delivery");
        JsonNode corrected = newcomer.run("correct");
        assertThat(corrected.path("was_wrong").asBoolean()).isTrue();
        assertThat(corrected.path("example_id").asText()).startsWith("ex_");
        assertThat(newcomer.answer("right")).isEqualTo("billing");
    }

    private static void goesBackAndForth(Newcomer newcomer, String taught) throws Exception {
        String corrected = newcomer.run("right").path("revision").asText();
        assertThat(newcomer.run("back").path("revision").asText()).isEqualTo(taught);
        assertThat(newcomer.answer("right")).isEqualTo("delivery");
        JsonNode forth = newcomer.run("forth");
        assertThat(forth.path("revision").asText()).isEqualTo(corrected);
        assertThat(forth.path("differences")).isEmpty();
        assertThat(newcomer.answer("right")).isEqualTo("billing");
    }

    private static void links(Newcomer newcomer) throws Exception {
        assertThat(newcomer.run("graph").path("statements_total").asInt()).isZero();
        assertThat(newcomer.run("import").path("kind").asText()).isEqualTo("graph-import");
        JsonNode graph = newcomer.run("serving");
        assertThat(graph.path("entities_total").asInt()).isGreaterThan(WORDNET_ENTITIES);
        assertThat(graph.path("sources_total").asInt()).isEqualTo(1);
        assertThat(graph.path("vectors").path("kind").asText()).isEqualTo("textual");
        JsonNode links = newcomer.run("links").path("links").path(0).path("entities");
        assertThat(links).extracting(link -> link.path("mention").asText()).contains("dog", "red fox");
        assertThat(links).allSatisfy(link -> {
            assertThat(link.path("entity").asText()).startsWith("wn:");
            assertThat("The dog chased a red fox."
                            .substring(
                                    link.path("start").asInt(), link.path("end").asInt()))
                    .isEqualTo(link.path("mention").asText());
        });
    }

    private static void finds(Newcomer newcomer) throws Exception {
        assertThat(newcomer.run("source").path("trust").asDouble()).isEqualTo(0.9);
        JsonNode added = newcomer.run("documents");
        assertThat(added.path("added").asInt()).isEqualTo(1);
        assertThat(added.path("rejected")).isEmpty();
        JsonNode found = newcomer.run("search").path("results");
        assertThat(found).hasSize(1);
        assertThat(found.path(0).findValuesAsText("title")).contains("Refunds");
    }

    /**
     * Runs the steps against one service.
     *
     * @param ran those that were run, in the order of their first times
     */
    private record Newcomer(ReadmeJourney readme, int port, Set<String> ran) {

        private JsonNode run(String step) throws IOException, InterruptedException {
            ran.add(step);
            return JSON.readTree(readme.run(step, port));
        }

        private String answer(String step) throws IOException, InterruptedException {
            return run(step).path("predictions").path(0).path("label").asText();
        }
    }
}
