// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The metrics as Prometheus scrapes them. */
@QuarkusTest
final class MetricsHttpIT {
    private static final Set<String> UNITS = Set.of(
            "seconds",
            "bytes",
            "ratio",
            "info",
            "total",
            "number",
            "size",
            "jobs",
            "tasks",
            "tenants",
            "threads",
            "max",
            "score",
            "alarm",
            "leads",
            "revisions");

    private static final Pattern SERIES =
            Pattern.compile("\\b(perennial|http_server|jvm|process)_[a-z0-9_]+(?=[{\\[ )/\",]|$)", Pattern.MULTILINE);

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void work_isCountedUnderTheNamesOfTheReference() {
        String task = taughtAndAsked();

        PrometheusText metrics = scrape();

        assertThat(metrics.value("perennial_examples_total", "task", task, "op", "taught"))
                .isEqualTo(4);
        assertThat(metrics.value("perennial_examples_total", "task", task, "op", "untaught"))
                .isEqualTo(1);
        assertThat(metrics.value("perennial_predictions_total", "task", task, "outcome", "answered"))
                .isEqualTo(2);
        assertThat(metrics.value("perennial_feedback_total", "task", task)).isEqualTo(1);
        assertThat(metrics.value("perennial_prequential_accuracy_ratio", "task", task))
                .isIn(0.0, 1.0);
        assertThat(metrics.value("perennial_prequential_log_score", "task", task))
                .isGreaterThan(0);
        assertThat(metrics.value("perennial_prediction_log_size")).isGreaterThanOrEqualTo(0);
        assertThat(metrics.value("perennial_revision_number", "task", task, "alias", "serving"))
                .isGreaterThan(0);
        assertThat(metrics.value("perennial_member_weight_ratio", "task", task, "member", "joint"))
                .isBetween(0.0, 1.0);
        assertThat(metrics.value("perennial_prediction_duration_seconds_count", "stage", "embed"))
                .isGreaterThan(0);
        assertThat(metrics.value("perennial_prediction_duration_seconds_bucket", "stage", "combine", "le", "+Inf"))
                .isGreaterThan(0);
        assertThat(metrics.value("perennial_queue_wait_seconds_count")).isGreaterThan(0);
        assertThat(metrics.value("perennial_batch_size_sum")).isGreaterThan(0);
        assertThat(metrics.value("perennial_jobs", "state", "queued")).isGreaterThanOrEqualTo(0);
        assertThat(metrics.value("perennial_event_log_size_bytes")).isGreaterThan(0);
        assertThat(metrics.family("perennial_build_info").samples())
                .singleElement()
                .satisfies(sample -> assertThat(sample.value()).isEqualTo(1));
    }

    @Test
    void everyFamily_keepsTheConventions() {
        taughtAndAsked();

        List<PrometheusText.Family> families = scrape().families().values().stream()
                .filter(family -> family.name().startsWith("perennial_"))
                .toList();

        assertThat(families).hasSizeGreaterThan(10);
        assertThat(families).allSatisfy(family -> {
            assertThat(family.help()).isNotBlank();
            assertThat(family.type()).isIn("counter", "gauge", "histogram", "summary");
            assertThat(family.name().endsWith("_total")).isEqualTo(family.type().equals("counter"));
            assertThat(UNITS).contains(family.name().substring(family.name().lastIndexOf('_') + 1));
            assertThat(family.samples())
                    .isNotEmpty()
                    .allSatisfy(sample -> assertThat(sample.labels().keySet())
                            .isSubsetOf(
                                    "task",
                                    "op",
                                    "outcome",
                                    "verdict",
                                    "alias",
                                    "member",
                                    "stage",
                                    "le",
                                    "state",
                                    "version",
                                    "detector"));
        });
    }

    /** Some are there only when what they count has happened: the code has to name those. */
    @Test
    void chart_asksForMetricsThatThereAre() throws IOException {
        taughtAndAsked();
        Set<String> series = scrape().families().values().stream()
                .flatMap(family -> family.samples().stream())
                .map(PrometheusText.Sample::name)
                .collect(Collectors.toSet());
        String code = Files.readString(Path.of("src/main/java/dev/perennial/app/ServiceMetrics.java"));
        Set<String> asked = new TreeSet<>();
        for (String file : List.of("alerts.yaml", "dashboard.json")) {
            SERIES.matcher(Files.readString(Path.of("helm/perennial/files", file)))
                    .results()
                    .map(MatchResult::group)
                    .forEach(asked::add);
        }

        assertThat(asked).hasSizeGreaterThan(20).contains("perennial_unserved_tasks", "jvm_memory_used_bytes");
        assertThat(asked)
                .filteredOn(name -> !series.contains(name))
                .allSatisfy(name -> assertThat(code)
                        .contains("\"" + name.replaceFirst("_total$", "").replace('_', '.') + "\""));
    }

    @Test
    void everyFamily_isExplainedInTheGuide() throws IOException {
        taughtAndAsked();
        String guide = Files.readString(Path.of("docs/operations.md"));

        assertThat(scrape().families().keySet())
                .filteredOn(name -> name.startsWith("perennial_") && !name.endsWith("_max"))
                .allSatisfy(name -> assertThat(guide).contains("`" + name));
    }

    @Test
    void textsAndLabels_areNeverInTheScrape() {
        taughtAndAsked();

        assertThat(given().get("/q/metrics").asString()).doesNotContain("zebra", "stripes");
    }

    private static String taughtAndAsked() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, "{\"kind\": \"classification\"}").statusCode(201);
        String example = post("/v1/tasks/" + task + "/examples", """
                {"examples": [{"text": "a zebra", "label": "stripes"}, {"text": "a dog", "label": "none"},
                              {"text": "a cat", "label": "none"}]}""")
                .statusCode(200)
                .extract()
                .path("example_ids[2]");
        post("/v1/tasks/" + task + "/predictions", "{\"inputs\": [\"one zebra\", \"two dogs\"]}")
                .statusCode(200);
        post("/v1/tasks/" + task + "/feedback", "{\"text\": \"a striped zebra\", \"label\": \"stripes\"}")
                .statusCode(200);
        given().delete("/v1/tasks/" + task + "/examples/" + example).then().statusCode(200);
        return task;
    }

    private static PrometheusText scrape() {
        return PrometheusText.parse(given().accept("text/plain")
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }
}
