// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tenants are walls, on the packaged service: what one has, another cannot even tell from what nobody has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TenantIT {
    private static final String ADMINISTRATOR = "0123456789abcdef0123456789abcdef";
    private static final Map<String, String> SETTINGS =
            Map.of("perennial.members.bundled", "static", "perennial.security.operator-key", ADMINISTRATOR);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
    private static final Pattern OPAQUE = Pattern.compile("\"([a-z]{2,8})_([0-9A-Za-z]{16,40})\"");

    private static final int TRIES = 40;
    private static final long BETWEEN_TRIES_MILLIS = 250;
    private static final int AHEAD = 100;

    /** Only one tenant says it. */
    private static final String SECRET = "zanzibar";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** One thing of each kind that a tenant has, by the name that the reference has for it. */
    private final Map<String, String> owned = new TreeMap<>();

    private Path home;
    private ServiceProcess service;
    private String owner = "";
    private String other = "";

    /** Does what the other one does, in the same order, with ids that nobody has. */
    private String twin = "";

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        home = directory;
        service = ServiceProcess.ready(home, home.resolve("data"), SETTINGS);
        owner = tenant("owner");
        other = tenant("other");
        twin = tenant("twin");
        furnish();
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private String tenant(String id) throws Exception {
        assertThat(ask(ADMINISTRATOR, "PUT", "/v1/tenants/" + id, "{}").statusCode())
                .isEqualTo(201);
        HttpResponse<String> made = ask(
                ADMINISTRATOR, "POST", "/v1/tenants/" + id + "/keys", "{\"name\": \"first\", \"role\": \"operator\"}");
        assertThat(made.statusCode()).isEqualTo(201);
        return JSON.readTree(made.body()).get("key").asText();
    }

    /** Gives a tenant one thing of each kind. */
    private void furnish() throws Exception {
        String task = SECRET + "-task";
        owned.put("task", task);
        made("PUT", "/v1/tasks/" + task, "{\"kind\": \"classification\", \"input\": \"text\"}");
        JsonNode taught = made("POST", "/v1/tasks/" + task + "/examples", """
                {"examples": [{"text": "a cat of zanzibar", "label": "animal", "external_id": "one"},
                 {"text": "a dog", "label": "animal", "source": "zanzibar-source"},
                 {"text": "a rose", "label": "plant"}, {"text": "an oak", "label": "plant"}]}""");
        // Numbers that the others come to while they are asked would be theirs.
        for (int i = 0; i < AHEAD; i++) {
            taught = made(
                    "POST",
                    "/v1/tasks/" + task + "/examples",
                    "{\"examples\": [{\"text\": \"animal number " + i + "\", \"label\": \"animal\"}]}");
        }
        owned.put("revision", taught.get("revision").asText());
        owned.put("other", taught.get("revision").asText());
        owned.put("example", taught.at("/example_ids/0").asText());
        owned.put("alias", SECRET);
        made("PUT", "/v1/tasks/" + task + "/aliases/" + SECRET, "{\"revision\": \"" + owned.get("revision") + "\"}");
        JsonNode asked = made("POST", "/v1/tasks/" + task + "/predictions", "{\"inputs\": [\"a zanzibar cow\"]}");
        owned.put("prediction", asked.at("/predictions/0/id").asText());
        made(
                "PUT",
                "/v1/tasks/" + task + "/suite",
                "{\"examples\": [{\"text\": \"a zanzibar cow\", \"label\": \"animal\"}]}");
        JsonNode evaluation = made("POST", "/v1/tasks/" + task + "/evaluations", "{\"suite\": true}");
        owned.put("evaluation", evaluation.get("id").asText());
        String job = made("POST", "/v1/exports", "{\"tasks\": [\"" + task + "\"]}")
                .get("id")
                .asText();
        owned.put("job", job);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> made("GET", "/v1/jobs/" + job, "")
                        .path("status")
                        .asText()
                        .equals("succeeded"));
        owned.put("export", made("GET", "/v1/exports", "").at("/items/0/id").asText());
        owned.put("graph", SECRET + "-graph");
        made("PUT", "/v1/graphs/" + SECRET + "-graph", "{}");
        owned.put("entity", SECRET);
        made("PUT", "/v1/graphs/" + SECRET + "-graph/entities/" + SECRET, "{\"labels\": {\"en\": \"Stone Town\"}}");
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        made("GET", "/v1/audit-events?limit=200", "").toString().contains("task.renew"));
        owned.put("source", SECRET + "-source");
        made("PUT", "/v1/sources/" + SECRET + "-source", "{}");
        owned.put("document", SECRET);
        owned.put("set", SECRET + "-set");
        made("PUT", "/v1/evaluation-texts/" + SECRET + "-set", "{\"texts\": [\"a zanzibar cow\"]}");
        JsonNode key = made("POST", "/v1/keys", "{\"name\": \"zanzibar reader\", \"role\": \"reader\"}");
        owned.put("key", key.get("id").asText());
        owned.put("tenant", "owner");
    }

    private JsonNode made(String method, String path, String body) throws Exception {
        HttpResponse<String> reply = ask(owner, method, path, body);
        assertThat(reply.statusCode())
                .as(method + " " + path + " " + reply.body())
                .isBetween(200, 202);
        return JSON.readTree(reply.body());
    }

    /** An operation of the reference. */
    private record Operation(String method, String path, JsonNode node) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private List<Operation> operations() throws Exception {
        JsonNode reference = JSON.readTree(
                ask(ADMINISTRATOR, "GET", "/q/openapi?format=json", "").body());
        List<Operation> operations = new ArrayList<>();
        reference
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(operation -> operation.getValue().has("responses"))
                        .forEach(operation -> operations.add(new Operation(
                                operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue()))));
        assertThat(operations).hasSizeGreaterThan(100);
        return operations;
    }

    @Test
    void whatAnotherTenantHas_isAsWhatNobodyHas_forEveryOperation() throws Exception {
        Map<String, String> before = state();
        List<String> differing = new ArrayList<>();
        int compared = 0;
        for (Operation operation : operations()) {
            if (operation.path().contains("{") && !operation.path().startsWith("/problems/")) {
                String real = said(other, operation, owned);
                String nobodys = said(twin, operation, nobodys());
                // Each tenant renews its own tasks in its own time; what tells of another's stays different.
                for (int i = 0; operation.method().equals("GET") && !real.equals(nobodys) && i < TRIES; i++) {
                    Thread.sleep(BETWEEN_TRIES_MILLIS);
                    real = said(other, operation, owned);
                    nobodys = said(twin, operation, nobodys());
                }
                compared++;
                if (!real.equals(nobodys)) {
                    differing.add(operation + ": "
                            + real.substring(
                                    Math.max(0, Arrays.mismatch(real.toCharArray(), nobodys.toCharArray()) - 200)));
                }
            }
        }
        System.out.println(compared + " operations were called with the ids of another tenant");
        assertThat(differing).isEmpty();
        assertThat(compared).isGreaterThan(70);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void whatIsListed_isTheTenantsOwn() throws Exception {
        for (Operation operation : operations()) {
            if (operation.method().equals("GET") && !operation.path().contains("{")) {
                HttpResponse<String> reply = ask(other, "GET", operation.path(), "");
                assertThat(reply.body())
                        .as(operation.toString())
                        .doesNotContain(SECRET)
                        .doesNotContain(owned.get("job"))
                        .doesNotContain(owned.get("revision"));
            }
        }
    }

    /** A method, a path and a body that name things of a tenant elsewhere than in the path of the reference. */
    private static final List<List<String>> NAMING = List.of(
            List.of("POST", "/v1/exports", "{\"tasks\": [\"{task}\"]}"),
            List.of("GET", "/v1/audit-events?task={task}", ""),
            List.of("GET", "/v1/mistakes?task={task}", ""),
            List.of("GET", "/v1/tasks/named/examples?source={source}", ""),
            List.of("DELETE", "/v1/tasks/named/examples?source={source}", ""),
            List.of("POST", "/v1/members/static/refreshes", "{\"tasks\": [\"{task}\"]}"),
            List.of("PUT", "/v1/tasks/named/aliases/one", "{\"revision\": \"{revision}\"}"),
            List.of("GET", "/v1/tasks/named/revisions/serving/diff/{revision}", ""),
            List.of("POST", "/v1/tasks/named/feedback", "{\"prediction_id\": \"{prediction}\", \"label\": \"x\"}"),
            List.of("POST", "/v1/predictions", "{\"instruction\": \"{task}\", \"inputs\": [\"a cow\"]}"),
            List.of("POST", "/v1/classify", "{\"model\": \"{task}\", \"input\": [\"a cow\"]}"),
            List.of("POST", "/v1/classify", "{\"model\": \"{task}\", \"inputs\": [\"a cow\"]}"),
            List.of("POST", "/v1/classify", "{\"classifier_id\": \"{task}\", \"input\": [\"a cow\"]}"));

    @Test
    void namesInBodiesAndQueries_areTheTenantsOwn() throws Exception {
        for (String key : List.of(other, twin)) {
            assertThat(ask(key, "PUT", "/v1/tasks/named", "{\"kind\": \"classification\", \"input\": \"text\"}")
                            .statusCode())
                    .isEqualTo(201);
        }
        for (List<String> naming : NAMING) {
            String real = said(other, naming, owned);
            assertThat(real).as("%s", naming).isEqualTo(said(twin, naming, nobodys()));
        }
    }

    private String said(String key, List<String> naming, Map<String, String> ids) throws Exception {
        String path = naming.get(1);
        String body = naming.get(2);
        for (Map.Entry<String, String> id : ids.entrySet()) {
            path = path.replace("{" + id.getKey() + "}", URLEncoder.encode(id.getValue(), StandardCharsets.UTF_8));
            body = body.replace("{" + id.getKey() + "}", id.getValue());
        }
        return said(
                request(key, path)
                        .timeout(Duration.ofSeconds(60))
                        .method(naming.get(0), HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                ids);
    }

    @Test
    void idsInBodies_andIdempotencyKeys_areTheTenantsOwn() throws Exception {
        String definition = "{\"kind\": \"classification\", \"input\": \"text\"}";
        assertThat(ask(other, "PUT", "/v1/tasks/own", definition).statusCode()).isEqualTo(201);
        String feedback = "{\"prediction_id\": \"%s\", \"label\": \"animal\"}";
        HttpResponse<String> real =
                ask(other, "POST", "/v1/tasks/own/feedback", feedback.formatted(owned.get("prediction")));
        HttpResponse<String> nobodys =
                ask(other, "POST", "/v1/tasks/own/feedback", feedback.formatted(nobodys(owned.get("prediction"))));
        assertThat(real.statusCode()).isEqualTo(nobodys.statusCode()).isEqualTo(404);

        String teaching = "{\"examples\": [{\"text\": \"a hen\", \"label\": \"animal\"}]}";
        HttpResponse<String> first = teach(owner, owned.get("task"), teaching);
        HttpResponse<String> same = teach(owner, owned.get("task"), teaching);
        HttpResponse<String> others = teach(other, "own", teaching);
        assertThat(same.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(others.statusCode()).isEqualTo(200);
        assertThat(others.headers().firstValue("Idempotent-Replayed")).isEmpty();
    }

    private HttpResponse<String> teach(String key, String task, String body) throws Exception {
        return http.send(
                request(key, "/v1/tasks/" + task + "/examples")
                        .header("Idempotency-Key", "the-same")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void operatorOfATenant_isNoAdministrator() throws Exception {
        for (String path : List.of("/v1/tenants", "/v1/tenants/owner", "/q/metrics")) {
            assertThat(ask(other, "GET", path, "").statusCode()).as(path).isEqualTo(403);
        }
        assertThat(ask(other, "PUT", "/v1/tenants/third", "{}").statusCode()).isEqualTo(403);
        assertThat(ask(other, "DELETE", "/v1/tenants/owner", "").statusCode()).isEqualTo(403);
        assertThat(ask(other, "POST", "/v1/tenants/owner/keys", "{\"role\": \"operator\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(ask(other, "POST", "/v1/members", "{\"id\": \"mine\", \"folder\": \"mine\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(ask(ADMINISTRATOR, "GET", "/q/metrics", "").body())
                .contains("perennial_predictions_total")
                .doesNotContain(SECRET);
    }

    @Test
    void administrator_seesNothingOfATenantEither() throws Exception {
        assertThat(ask(ADMINISTRATOR, "GET", "/v1/tasks", "").body()).doesNotContain(SECRET);
        assertThat(ask(ADMINISTRATOR, "GET", "/v1/tasks/" + owned.get("task"), "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(ask(ADMINISTRATOR, "GET", "/v1/audit-events", "").body()).doesNotContain(SECRET);
    }

    @Test
    void tenants_haveIdsOfTheirOwn_andTheDefaultOneStays() throws Exception {
        assertThat(ask(ADMINISTRATOR, "PUT", "/v1/tenants/Not_One", "{}").statusCode())
                .isEqualTo(422);
        assertThat(ask(ADMINISTRATOR, "GET", "/v1/tenants/Not_One", "").statusCode())
                .isEqualTo(404);
        for (String method : List.of("GET", "DELETE")) {
            assertThat(ask(ADMINISTRATOR, method, "/v1/tenants/default", "").statusCode())
                    .as(method)
                    .isEqualTo(404);
        }
        assertThat(ask(ADMINISTRATOR, "POST", "/v1/tenants/default/keys", "{\"role\": \"operator\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(ask(ADMINISTRATOR, "PUT", "/v1/tenants/default", "{}").statusCode())
                .isEqualTo(409);
        HttpResponse<String> renamed = ask(ADMINISTRATOR, "PUT", "/v1/tenants/owner", "{\"name\": \"The owner\"}");
        assertThat(renamed.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(renamed.body()).get("name").asText()).isEqualTo("The owner");
        HttpResponse<String> same = ask(ADMINISTRATOR, "PUT", "/v1/tenants/owner", "{}");
        assertThat(JSON.readTree(same.body()).get("name").asText()).isEqualTo("The owner");
        assertThat(JSON.readTree(same.body()).get("served").asBoolean()).isTrue();
        assertThat(ask(ADMINISTRATOR, "GET", "/v1/tenants?limit=2", "").body()).contains("\"id\":\"other\"");
        assertThat(ask(ADMINISTRATOR, "POST", "/v1/tenants/nobody/keys", "{\"role\": \"operator\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(ask(ADMINISTRATOR, "POST", "/v1/tenants/owner/keys", "{\"role\": \"reader\"}")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void removedTenant_isGoneWithItsKeysAndFiles_andOneOfItsIdIsEmpty() throws Exception {
        String key = tenant("passing");
        assertThat(ask(key, "PUT", "/v1/tasks/mine", "{\"kind\": \"classification\", \"input\": \"text\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(places("passing-")).hasSize(1);

        HttpResponse<String> removed = ask(ADMINISTRATOR, "DELETE", "/v1/tenants/passing", "");
        assertThat(JSON.readTree(removed.body()).get("deleted").asBoolean())
                .as(removed.body())
                .isTrue();
        assertThat(ask(key, "GET", "/v1/tasks", "").statusCode()).isEqualTo(401);
        assertThat(places("passing-")).isEmpty();
        assertThat(ask(ADMINISTRATOR, "DELETE", "/v1/tenants/passing", "").statusCode())
                .isEqualTo(404);

        String again = tenant("passing");
        assertThat(ask(again, "GET", "/v1/tasks", "").body()).doesNotContain("mine");
        assertThat(ask(key, "GET", "/v1/tasks", "").statusCode()).isEqualTo(401);
        assertThat(ask(ADMINISTRATOR, "DELETE", "/v1/tenants/passing", "").statusCode())
                .isEqualTo(200);
    }

    @Test
    void restart_keepsWhatTenantsHave_andWhatIsMissingDoesNotComeBackEmpty() throws Exception {
        Path data = home.resolve("again");
        try (ServiceProcess first = ServiceProcess.ready(home, data, SETTINGS)) {
            URI at = URI.create("http://127.0.0.1:" + first.client().port());
            assertThat(ask(at, ADMINISTRATOR, "PUT", "/v1/tenants/lasting", "{}")
                            .statusCode())
                    .isEqualTo(201);
            String key = JSON.readTree(
                            ask(at, ADMINISTRATOR, "POST", "/v1/tenants/lasting/keys", "{\"role\": \"operator\"}")
                                    .body())
                    .get("key")
                    .asText();
            ask(at, key, "PUT", "/v1/tasks/pets", "{\"kind\": \"classification\", \"input\": \"text\"}");
            ask(at, key, "POST", "/v1/tasks/pets/examples", """
                    {"examples": [{"text": "a cat", "label": "animal"}, {"text": "a rose", "label": "plant"}]}""");
            String before = label(at, key);
            first.kill();
            try (ServiceProcess second = ServiceProcess.ready(home, data, SETTINGS)) {
                URI then = URI.create("http://127.0.0.1:" + second.client().port());
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> ask(then, key, "GET", "/v1/tasks", "").statusCode() == 200);
                assertThat(label(then, key)).isEqualTo(before);
                second.kill();
            }
            Path place;
            try (Stream<Path> places = Files.list(data.resolve("tenants"))) {
                place = places.findFirst().orElseThrow();
            }
            Files.move(place, home.resolve("elsewhere"));
            try (ServiceProcess third = ServiceProcess.ready(home, data, SETTINGS)) {
                URI then = URI.create("http://127.0.0.1:" + third.client().port());
                await().atMost(Duration.ofMinutes(1)).until(() -> third.log().contains("is missing"));
                assertThat(ask(then, ADMINISTRATOR, "GET", "/v1/tenants/lasting", "")
                                .body())
                        .contains("\"served\":false");
                assertThat(ask(then, key, "GET", "/v1/tasks", "").statusCode()).isEqualTo(401);
                assertThat(ask(then, ADMINISTRATOR, "GET", "/q/metrics", "").body())
                        .contains("perennial_unserved_tenants 1.0");
                Files.move(home.resolve("elsewhere"), place);
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> ask(then, key, "GET", "/v1/tasks", "").statusCode() == 200);
                assertThat(label(then, key)).isEqualTo(before);
            }
        }
    }

    private String label(URI at, String key) throws Exception {
        JsonNode answer = JSON.readTree(ask(at, key, "POST", "/v1/tasks/pets/predictions", "{\"inputs\": [\"a dog\"]}")
                .body());
        return answer.at("/predictions/0/label").asText() + " "
                + answer.at("/predictions/0/probability").asText();
    }

    private List<String> places(String beginning) throws IOException {
        try (Stream<Path> places = Files.list(home.resolve("data/tenants"))) {
            return places.map(place -> place.getFileName().toString())
                    .filter(name -> name.startsWith(beginning))
                    .toList();
        }
    }

    /** What the owner sees of what it has. */
    private Map<String, String> state() throws Exception {
        Map<String, String> state = new HashMap<>();
        for (String path : List.of(
                "/v1/tasks/" + owned.get("task"),
                "/v1/tasks/" + owned.get("task") + "/examples",
                "/v1/tasks/" + owned.get("task") + "/aliases/" + owned.get("alias"),
                "/v1/graphs/" + owned.get("graph"),
                "/v1/sources",
                "/v1/evaluation-texts",
                "/v1/keys",
                "/v1/audit-events?limit=200")) {
            state.put(path, ask(owner, "GET", path, "").body());
        }
        return state;
    }

    /** Ids of the same shapes that nobody has. */
    private Map<String, String> nobodys() {
        Map<String, String> ids = new TreeMap<>();
        owned.forEach((kind, id) -> ids.put(kind, nobodys(id)));
        return ids;
    }

    private static String nobodys(String id) {
        String digits = id.replaceAll("^[a-z]+_", "");
        return id.contains("_")
                ? id.substring(0, id.length() - digits.length()) + digits.replace('0', '7')
                : id.replace(SECRET, "atlantis").replace("owner", "nobody");
    }

    /** All that the other tenant is told, without what is of its own request. */
    private String said(String key, Operation operation, Map<String, String> ids) throws Exception {
        String path = PARAMETER.matcher(operation.path()).replaceAll(name -> {
            String id = Optional.ofNullable(ids.get(name.group(1))).orElse("one");
            return Matcher.quoteReplacement(URLEncoder.encode(id, StandardCharsets.UTF_8));
        });
        HttpRequest.Builder request = request(key, path).timeout(Duration.ofSeconds(60));
        JsonNode content = operation.node().path("requestBody").path("content");
        String body = "";
        if (!content.isMissingNode()) {
            String type = content.has("application/json")
                    ? "application/json"
                    : content.fieldNames().next();
            JsonNode examples = content.path(type).path("examples");
            body = examples.isEmpty()
                    ? "{}"
                    : examples.iterator().next().path("value").toString();
            request.setHeader("Content-Type", type);
        }
        return said(
                request.method(operation.method(), HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                ids);
    }

    private String said(HttpRequest request, Map<String, String> ids) throws Exception {
        HttpResponse<String> reply = http.send(request, HttpResponse.BodyHandlers.ofString());
        Map<String, List<String>> headers = new TreeMap<>(reply.headers().map());
        headers.keySet().removeAll(List.of("date", "content-length", "traceparent", "etag", "location"));
        String told = reply.body();
        for (String id : ids.values().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList()) {
            told = told.replace(id, "ID");
        }
        return reply.statusCode() + " " + headers + " "
                + OPAQUE.matcher(told)
                        .replaceAll("\"$1_\"")
                        .replaceAll("/eval_[0-9a-z]+/", "/eval_/")
                        .replaceAll("\"(mean_seconds|p50|p95|p99|tokens_per_second|seconds)\":[0-9.E-]+", "$1")
                        .replaceAll("\"trace_id\":\"[^\"]*\"", "")
                        .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME");
    }

    private HttpResponse<String> ask(String key, String method, String path, String body) throws Exception {
        return ask(URI.create("http://127.0.0.1:" + service.client().port()), key, method, path, body);
    }

    private HttpResponse<String> ask(URI at, String key, String method, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(at.resolve(path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .timeout(Duration.ofSeconds(60))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String key, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.client().port())
                                .resolve(path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json");
    }
}
