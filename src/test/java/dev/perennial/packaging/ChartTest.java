// SPDX-License-Identifier: Apache-2.0
package dev.perennial.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The Helm chart as Helm itself lints and renders it. */
final class ChartTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final Path CHART = Path.of("helm", "perennial");

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
    void twoReplicas_areRefused() {
        assertThatThrownBy(() -> render("replicaCount: 2")).hasMessageContaining("one replica");
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

    private List<Map<String, Object>> render(String values) throws IOException {
        Path file = Files.writeString(directory.resolve("values.yaml"), values);
        Path key = Files.writeString(
                directory.resolve("key.yaml"),
                values.contains("security") ? "" : "security: {operatorKey: " + KEY + "}");
        String manifests = new Helm(CHART)
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
