// SPDX-License-Identifier: Apache-2.0
package dev.perennial.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The Helm chart as Helm itself lints and renders it. */
final class ChartTest {
    private static final String POSTGRESQL =
            "postgresql: {enabled: true, url: 'jdbc:postgresql://db:5432/p', existingSecret: db}";
    private static final String SEVERAL = "{replicaCount: 3, " + POSTGRESQL + ", persistence: {enabled: false}";
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final Path CHART = Path.of("helm", "perennial");

    private static final String TEST_POD = "templates/tests/ready.yaml";

    @TempDir
    private Path directory;

    @Test
    void chart_passesTheStrictLinter() {
        LintResult result = new Helm(CHART).lint().strict().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @Test
    void defaults_renderEveryObjectOnce() throws IOException {
        assertThat(render(""))
                .extracting(object -> object.get("kind"))
                .containsExactlyInAnyOrder(
                        "Deployment", "NetworkPolicy", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount");
    }

    @Test
    void pod_isRestricted() throws IOException {
        Map<String, Object> pod = pod(render(""));

        assertThat(pod).containsEntry("automountServiceAccountToken", false);
        assertThat(map(pod, "securityContext"))
                .containsEntry("runAsNonRoot", true)
                .containsEntry("runAsUser", 10001)
                .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
        assertThat(map(container(pod), "securityContext"))
                .containsEntry("allowPrivilegeEscalation", false)
                .containsEntry("readOnlyRootFilesystem", true)
                .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
    }

    @Test
    void pod_writesOnlyToDataAndTmp() throws IOException {
        Map<String, Object> pod = pod(render(""));

        assertThat(list(container(pod), "volumeMounts"))
                .extracting(mount -> mount.get("mountPath"))
                .containsExactly("/data", "/tmp");
        assertThat(list(pod, "volumes"))
                .filteredOn(volume -> volume.get("name").equals("tmp"))
                .extracting(volume -> volume.get("emptyDir"))
                .containsExactly(Map.of("sizeLimit", "2Gi"));
    }

    @Test
    void probes_askTheServicesHealth() throws IOException {
        Map<String, Object> container = container(pod(render("")));

        assertThat(map(container, "startupProbe")).extracting("httpGet.path").isEqualTo("/q/health/started");
        assertThat(map(container, "livenessProbe")).extracting("httpGet.path").isEqualTo("/q/health/live");
        assertThat(map(container, "readinessProbe")).extracting("httpGet.path").isEqualTo("/q/health/ready");
        // Not where connections may run out.
        assertThat(map(container, "livenessProbe")).extracting("httpGet.port").isEqualTo("management");
    }

    @Test
    void shutdown_waitsUntilReadinessHasBeenMissed() throws IOException {
        assertThat(list(container(pod(render("probes: {readiness: {periodSeconds: 3, failureThreshold: 4}}"))), "env"))
                .contains(Map.of("name", "QUARKUS_SHUTDOWN_DELAY", "value", "12s"));
    }

    @Test
    void claim_survivesUninstalling() throws IOException {
        assertThat(map(one(render(""), "PersistentVolumeClaim"), "metadata"))
                .extracting("annotations", InstanceOfAssertFactories.MAP)
                .containsEntry("helm.sh/resource-policy", "keep");
    }

    @Test
    void persistenceOff_keepsDataInTheBoundedPod() throws IOException {
        List<Map<String, Object>> objects = render("persistence: {enabled: false, size: 1Gi}");

        assertThat(objects).extracting(object -> object.get("kind")).doesNotContain("PersistentVolumeClaim");
        assertThat(list(pod(objects), "volumes"))
                .filteredOn(volume -> volume.get("name").equals("data"))
                .extracting(volume -> volume.get("emptyDir"))
                .containsExactly(Map.of("sizeLimit", "1Gi"));
    }

    @Test
    void gpu_selectsTheCudaImageAndAsksForTheDevice() throws IOException {
        Map<String, Object> container = container(pod(render("gpu: {enabled: true}")));

        assertThat(container.get("image")).isEqualTo("perennial:0.1.0-cuda");
        assertThat(map(container, "resources"))
                .extracting("limits", InstanceOfAssertFactories.MAP)
                .containsEntry("nvidia.com/gpu", 1)
                .containsEntry("memory", "4Gi");
        assertThat(list(container, "env")).contains(Map.of("name", "PERENNIAL_EXECUTION_PROVIDER", "value", "cuda"));
    }

    @Test
    void operatorKey_isKeptInASecret_andGivenToThePod() throws IOException {
        List<Map<String, Object>> objects = render("");

        assertThat(map(one(objects, "Secret"), "data"))
                .containsEntry(
                        "operator-key", Base64.getEncoder().encodeToString(KEY.getBytes(StandardCharsets.UTF_8)));
        assertThat(list(container(pod(objects)), "env"))
                .contains(fromSecret("PERENNIAL_SECURITY_OPERATOR_KEY", "test-perennial", "operator-key"));
    }

    @Test
    void withoutAKey_nothingIsInstalled() {
        assertThatThrownBy(() -> render("security: {operatorKey: ''}")).hasMessageContaining("security.operatorKey");
        assertThatThrownBy(() -> render("security: {operatorKey: short}")).hasMessageContaining("operatorKey");
    }

    @Test
    void operatorKey_isTakenFromASecretThatIsThere() throws IOException {
        List<Map<String, Object>> objects = render("security: {existingSecret: mine, secretKey: the-key}");

        assertThat(objects).extracting(object -> object.get("kind")).doesNotContain("Secret");
        assertThat(list(container(pod(objects)), "env"))
                .contains(fromSecret("PERENNIAL_SECURITY_OPERATOR_KEY", "mine", "the-key"));
    }

    @Test
    void identityProvider_isNamedToThePod_asAWholeOrNotAtAll() throws IOException {
        List<Map<String, Object>> objects = render("security: {operatorKey: " + KEY
                + ", oidc: {issuer: 'https://login.example.org/r', audience: perennial, rolesClaim: groups}}");

        assertThat(list(container(pod(objects)), "env"))
                .contains(
                        Map.of("name", "PERENNIAL_SECURITY_OIDC_ISSUER", "value", "https://login.example.org/r"),
                        Map.of("name", "PERENNIAL_SECURITY_OIDC_AUDIENCE", "value", "perennial"),
                        Map.of("name", "PERENNIAL_SECURITY_OIDC_ROLES_CLAIM", "value", "groups"));
        assertThat(list(container(pod(render(""))), "env").toString()).doesNotContain("OIDC");
        for (String half : List.of(
                "{issuer: 'https://login.example.org/r'}", "{audience: perennial}", "{issuer: 'http://example.org'}")) {
            assertThatThrownBy(() -> render("security: {operatorKey: " + KEY + ", oidc: " + half + "}"))
                    .as(half)
                    .hasMessageContaining("oidc");
        }
    }

    @Test
    void tenantsOfTokens_areNamedToThePod_andNeedAnAdministrator() throws IOException {
        String provider = "{issuer: 'https://login.example.org/r', audience: perennial, tenantClaim: org%s}";
        String named = "security: {oidc: " + provider.formatted(", defaultTenant: named") + "}";
        assertThat(list(container(pod(render(named))), "env"))
                .contains(
                        Map.of("name", "PERENNIAL_SECURITY_OIDC_TENANT_CLAIM", "value", "org"),
                        Map.of("name", "PERENNIAL_SECURITY_OIDC_DEFAULT_TENANT", "value", "named"));
        assertThatThrownBy(() -> render("security: {oidc: " + provider.formatted("") + "}"))
                .hasMessageContaining("security.oidc.defaultTenant");
        assertThat(render("security: {operatorKey: " + KEY + ", oidc: " + provider.formatted("") + "}"))
                .isNotEmpty();
    }

    @Test
    void identityProvider_makesTheOperatorsKeyUnnecessary() throws IOException {
        String oidc = "security: {oidc: {issuer: 'https://login.example.org/r', audience: perennial}}";
        List<Map<String, Object>> objects = render(oidc);

        assertThat(objects).extracting(object -> object.get("kind")).doesNotContain("Secret");
        assertThat(list(container(pod(objects)), "env").toString())
                .contains("PERENNIAL_SECURITY_OIDC_ISSUER")
                .doesNotContain("OPERATOR_KEY");
        assertThat(list(container(map(testPod(oidc), "spec")), "env").toString())
                .doesNotContain("KEY");
        assertThatThrownBy(() -> render(oidc + "\nmetrics: {serviceMonitor: {enabled: true}}"))
                .hasMessageContaining("metrics.serviceMonitor.keySecret");
        assertThat(render(oidc + "\nmetrics: {serviceMonitor: {enabled: true, keySecret: k, keySecretKey: key}}"))
                .extracting(object -> object.get("kind"))
                .contains("ServiceMonitor");
    }

    @Test
    void postgresql_isNamed_andItsPasswordComesFromASecret() throws IOException {
        List<Map<String, Object>> objects = render("postgresql: {enabled: true,"
                + " url: 'jdbc:postgresql://db:5432/perennial', existingSecret: database}");

        assertThat(list(container(pod(objects)), "env"))
                .contains(
                        Map.of("name", "PERENNIAL_STORE_KIND", "value", "postgresql"),
                        Map.of(
                                "name",
                                "PERENNIAL_STORE_POSTGRESQL_URL",
                                "value",
                                "jdbc:postgresql://db:5432/perennial"),
                        fromSecret("PERENNIAL_STORE_POSTGRESQL_USER", "database", "username"),
                        fromSecret("PERENNIAL_STORE_POSTGRESQL_PASSWORD", "database", "password"));
        assertThatThrownBy(() -> render("postgresql: {enabled: true}")).hasMessageContaining("postgresql.url");
    }

    private static Map<String, Object> fromSecret(String variable, String secret, String key) {
        return Map.of("name", variable, "valueFrom", Map.of("secretKeyRef", Map.of("name", secret, "key", key)));
    }

    @Test
    void config_becomesEnvironment() throws IOException {
        List<Map<String, Object>> objects =
                render("config: {perennial.limits.text-chars: 5000000, perennial.role: all}");

        assertThat(list(container(pod(objects)), "env"))
                .contains(
                        Map.of("name", "PERENNIAL_LIMITS_TEXT_CHARS", "value", "5000000"),
                        Map.of("name", "PERENNIAL_ROLE", "value", "all"));
    }

    @Test
    void optionalObjects_renderWhenAskedFor() throws IOException {
        List<Map<String, Object>> objects = render("""
                commonLabels: {team: search}
                ingress: {enabled: true, hosts: [perennial.example.org]}
                metrics: {serviceMonitor: {enabled: true}}
                networkPolicy: {ingressFrom: [{namespaceSelector: {}}]}
                """);

        assertThat(objects).extracting(object -> object.get("kind")).contains("Ingress", "ServiceMonitor");
        assertThat(objects)
                .allSatisfy(object -> assertThat(map(object, "metadata"))
                        .extracting("labels", InstanceOfAssertFactories.MAP)
                        .containsEntry("team", "search"));
    }

    @Test
    void managementPort_isNamedEverywhere() throws IOException {
        List<Map<String, Object>> objects = render("""
                management: {enabled: true, port: 9100}
                metrics: {serviceMonitor: {enabled: true}}
                networkPolicy: {ingressFrom: [{namespaceSelector: {}}], managementFrom: [{podSelector: {}}]}
                """);
        Map<String, Object> container = container(pod(objects));

        assertThat(list(container, "ports"))
                .contains(Map.of("name", "management", "containerPort", 9100, "protocol", "TCP"));
        assertThat(list(container, "env")).contains(Map.of("name", "PERENNIAL_MANAGEMENT_PORT", "value", "9100"));
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(map(container, probe)).extracting("httpGet.port").isEqualTo("management");
        }
        assertThat(list(map(one(objects, "Service"), "spec"), "ports"))
                .extracting(port -> port.get("name"))
                .containsExactly("http", "management");
        assertThat(list(map(one(objects, "ServiceMonitor"), "spec"), "endpoints"))
                .extracting(endpoint -> endpoint.get("port"))
                .containsExactly("management");
        assertThat(list(map(one(objects, "NetworkPolicy"), "spec"), "ingress"))
                .extracting(rule -> rule.get("from"))
                .containsExactly(
                        List.of(Map.of("namespaceSelector", Map.of())), List.of(Map.of("podSelector", Map.of())));
        assertThat(list(container(map(testPod("management: {enabled: true, port: 9100}"), "spec")), "env"))
                .contains(Map.of("name", "OPERATION_PORT", "value", "9100"));
        assertThatThrownBy(() -> render("management: {enabled: true, port: 8080}"))
                .hasMessageContaining("management.port");
        assertThatThrownBy(() -> render("config: {perennial.management.port: 9000}"))
                .hasMessageContaining("management.enabled");
    }

    @Test
    void budget_holdsTheOnePodUntilSomebodyDecides() throws IOException {
        assertThat(map(one(render("podDisruptionBudget: {enabled: true}"), "PodDisruptionBudget"), "spec"))
                .containsEntry("maxUnavailable", 0)
                .containsEntry("unhealthyPodEvictionPolicy", "AlwaysAllow");
        assertThatThrownBy(() -> render("{replicaCount: 0, podDisruptionBudget: {enabled: true}}"))
                .hasMessageContaining("podDisruptionBudget.enabled");
    }

    @Test
    void budget_ofSeveralReplicas_letsOneGoAtATime() throws IOException {
        List<Map<String, Object>> objects = render(SEVERAL + ", podDisruptionBudget: {enabled: true}}");
        assertThat(map(one(objects, "PodDisruptionBudget"), "spec")).containsEntry("maxUnavailable", 1);
    }

    @Test
    void autoscaling_decidesHowManyReplicasThereAre() throws IOException {
        String shared = POSTGRESQL + ", persistence: {enabled: false}";
        List<Map<String, Object>> objects = render("{" + shared + ", autoscaling: {enabled: true, maxReplicas: 6}}");
        assertThat(map(one(objects, "HorizontalPodAutoscaler"), "spec"))
                .containsEntry("minReplicas", 2)
                .containsEntry("maxReplicas", 6);
        assertThat(map(one(objects, "Deployment"), "spec")).doesNotContainKey("replicas");
        assertThatThrownBy(() -> render("autoscaling: {enabled: true}")).hasMessageContaining("postgresql.enabled");
        assertThatThrownBy(() -> render("{" + shared + ", autoscaling: {enabled: true, maxReplicas: 1}}"))
                .hasMessageContaining("autoscaling.minReplicas");
    }

    @Test
    void severalReplicas_shareADatabase_andReachOneAnother() throws IOException {
        List<Map<String, Object>> objects = render(SEVERAL + "}");
        assertThat(objects).extracting(object -> object.get("kind")).doesNotContain("PersistentVolumeClaim");
        Map<String, Object> deployment = map(one(objects, "Deployment"), "spec");
        assertThat(deployment).containsEntry("replicas", 3);
        assertThat(map(deployment, "strategy")).containsEntry("type", "RollingUpdate");
        assertThat(deployment.toString()).contains("PERENNIAL_REPLICA_URL", "http://$(POD_IP):8080");
        assertThat(map(one(objects, "NetworkPolicy"), "spec").get("egress").toString())
                .contains("podSelector", "port=http");
    }

    @Test
    void alerts_pointToTheGuide() throws IOException {
        List<Map<String, Object>> objects = render("""
                metrics: {prometheusRule: {enabled: true, labels: {release: mine}, runbookUrl: 'https://wiki/ops'}}
                """);
        Map<String, Object> rule = one(objects, "PrometheusRule");
        List<Map<String, Object>> alerts =
                list(list(map(rule, "spec"), "groups").get(0), "rules");

        assertThat(map(rule, "metadata"))
                .extracting("labels", InstanceOfAssertFactories.MAP)
                .containsEntry("release", "mine");
        assertThat(alerts).hasSizeGreaterThan(5);
        List<String> guide = Files.readAllLines(Path.of("docs", "operations.md"));
        assertThat(alerts).allSatisfy(alert -> {
            String name = alert.get("alert").toString();
            assertThat(alert.get("expr").toString())
                    .contains("{namespace=\"")
                    .contains("service=\"test-perennial\"")
                    .doesNotContain("$");
            assertThat(map(alert, "annotations"))
                    .containsEntry("runbook_url", "https://wiki/ops#" + name.toLowerCase(Locale.ROOT));
            assertThat(guide).contains("### " + name);
        });
    }

    @Test
    void dashboard_isForTheSidecar() throws IOException {
        Map<String, Object> dashboard = one(render("grafanaDashboard: {enabled: true}"), "ConfigMap");

        assertThat(map(dashboard, "metadata"))
                .extracting("labels", InstanceOfAssertFactories.MAP)
                .containsEntry("grafana_dashboard", "1");
        assertThat(list(
                        new Yaml()
                                .load(map(dashboard, "data")
                                        .get("perennial.json")
                                        .toString()),
                        "panels"))
                .hasSizeGreaterThan(10)
                .allSatisfy(panel -> assertThat(list(panel, "targets")).isNotEmpty());
    }

    @Test
    void testPod_isRestricted_andNotServedTo() throws IOException {
        List<Map<String, Object>> objects = render("");
        Map<String, Object> pod = testPod("");
        Map<String, Object> spec = map(pod, "spec");

        assertThat(Files.readAllLines(CHART.resolve(TEST_POD))).contains("    helm.sh/hook: test");
        assertThat(map(spec, "securityContext")).isEqualTo(map(pod(objects), "securityContext"));
        assertThat(map(container(spec), "securityContext")).isEqualTo(map(container(pod(objects)), "securityContext"));
        assertThat(container(spec).get("image"))
                .isEqualTo(container(pod(objects)).get("image"));
        assertThat(map(map(pod, "metadata"), "labels")).doesNotContainEntry("app.kubernetes.io/name", "perennial");
    }

    @Test
    void testPod_passesWhereTheServiceAnswers_andFailsElsewhere() throws Exception {
        String oidc = "security: {oidc: {issuer: 'https://login.example.org/r', audience: perennial}}";
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean known =
                    ("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))
                            || exchange.getRequestURI().getPath().startsWith("/q/health");
            exchange.sendResponseHeaders(known ? 200 : 401, -1);
            exchange.close();
        });
        server.start();
        try {
            assertThat(tested("", server.getAddress().getPort(), KEY)).isZero();
            assertThat(tested("", server.getAddress().getPort(), "another")).isNotZero();
            assertThat(tested(oidc, server.getAddress().getPort(), "")).isZero();
        } finally {
            server.stop(0);
        }
        assertThat(tested("", server.getAddress().getPort(), KEY)).isNotZero();
    }

    private int tested(String values, int port, String key) throws IOException, InterruptedException {
        List<?> command = (List<?>) container(map(testPod(values), "spec")).get("command");
        ProcessBuilder test =
                new ProcessBuilder(command.stream().map(Object::toString).toList());
        test.environment()
                .putAll(Map.of("HOST", "127.0.0.1", "PORT", "" + port, "OPERATION_PORT", "" + port, "KEY", key));
        return test.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void severalReplicas_withoutADatabaseOrOnOneVolume_areRefused() {
        assertThatThrownBy(() -> render("replicaCount: 2")).hasMessageContaining("postgresql.enabled");
        assertThatThrownBy(() -> render("{replicaCount: 2, " + POSTGRESQL + "}"))
                .hasMessageContaining("persistence.enabled");
    }

    @Test
    void gpuWithoutCudaImage_isRefused() {
        assertThatThrownBy(() -> render("{gpu: {enabled: true}, image: {tag: 0.1.0}}"))
                .hasMessageContaining("CUDA image");
    }

    @Test
    void wrongTypesAndUnknownKeys_areRefused() {
        assertThatThrownBy(() -> render("replicaCount: many")).hasMessageContaining("replicaCount");
        assertThatThrownBy(() -> render("replicas: 1")).hasMessageContaining("replicas");
        assertThatThrownBy(() -> render("image: {tag: latest}")).hasMessageContaining("tag");
    }

    @Test
    void everyValue_isDescribed() throws IOException {
        List<String> lines = Files.readAllLines(CHART.resolve("values.yaml"));
        List<String> undescribed = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            boolean leaf = lines.get(i).matches(" *[A-Za-z]+: .+");
            if (leaf && !lines.get(i - 1).strip().startsWith("# -- ")) {
                undescribed.add(lines.get(i).strip());
            }
        }

        assertThat(undescribed).isEmpty();
    }

    /** Helm renders a hook only when it is its turn; so one of a copy of the chart that is none. */
    private Map<String, Object> testPod(String values) throws IOException {
        Path copy = Files.createTempDirectory(directory, "chart").resolve("perennial");
        try (Stream<Path> files = Files.walk(CHART)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(CHART.relativize(file).toString()));
            }
        }
        String template = Files.readString(CHART.resolve(TEST_POD));
        Files.writeString(copy.resolve(TEST_POD), template.replaceAll("(?m)^    helm\\.sh/hook.*\\R", ""));
        return one(render(copy, values), "Pod");
    }

    private List<Map<String, Object>> render(String values) throws IOException {
        return render(CHART, values);
    }

    private List<Map<String, Object>> render(Path chart, String values) throws IOException {
        Path file = Files.writeString(directory.resolve("values.yaml"), values);
        Path key = Files.writeString(
                directory.resolve("key.yaml"),
                values.contains("security") ? "" : "security: {operatorKey: " + KEY + "}");
        String manifests = new Helm(chart)
                .template()
                .withName("test")
                .withKubeVersion("1.32.0")
                .withValuesFile(file)
                .withValuesFile(key)
                .call();
        return StreamSupport.stream(new Yaml().loadAll(manifests).spliterator(), false)
                .map(ChartTest::asMap)
                .toList();
    }

    private static Map<String, Object> pod(List<Map<String, Object>> objects) {
        return map(map(map(one(objects, "Deployment"), "spec"), "template"), "spec");
    }

    private static Map<String, Object> container(Map<String, Object> pod) {
        return list(pod, "containers").get(0);
    }

    private static Map<String, Object> one(List<Map<String, Object>> objects, String kind) {
        return objects.stream()
                .filter(object -> kind.equals(object.get("kind")))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Object> map(Map<String, Object> parent, String key) {
        return asMap(parent.get(key));
    }

    private static List<Map<String, Object>> list(Map<String, Object> parent, String key) {
        return ((List<?>) parent.get(key)).stream().map(ChartTest::asMap).toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }
}
