// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service with a port of its own for operation. */
final class ManagementPortIT {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final List<String> OPERATION = List.of(
            "/q/health/live", "/q/health/ready", "/q/health/started", "/q/metrics", "/q/openapi", "/q/swagger-ui/");

    @TempDir
    private Path home;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void eachPort_hasItsOwn_andAsksForTheSameKeys() throws Exception {
        int management = freePort();
        try (ServiceProcess service = ServiceProcess.start(home, home.resolve("data"), settings(management))) {
            service.awaitReadyAt(management);
            int main = service.client().port();
            for (String path : OPERATION) {
                assertThat(status(management, path, KEY)).as(path).isEqualTo(200);
                assertThat(status(main, path, KEY)).as(path).isEqualTo(404);
            }
            for (String spelling : List.of("/q", "/%71/metrics", "/q//metrics", "//q/metrics", "/q/./metrics")) {
                assertThat(status(main, spelling, KEY)).as(spelling).isIn(400, 404);
            }
            assertThat(status(main, "/v1/tasks", KEY)).isEqualTo(200);
            assertThat(status(management, "/v1/tasks", KEY)).isEqualTo(404);
            assertThat(status(management, "/q/metrics", "wrong")).isEqualTo(401);
            assertThat(status(management, "/q/health/ready", "")).isEqualTo(200);
            HttpResponse<String> problem = get(main, "/q/metrics", KEY);
            assertThat(problem.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(get(management, "/q/metrics", KEY).body()).contains("perennial_build_info");
            assertThat(get(main, "/v1/tasks", KEY).headers().firstValue("X-Content-Type-Options"))
                    .contains("nosniff");
        }
    }

    @Test
    void portThatIsTaken_isRefused() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServiceProcess service =
                        ServiceProcess.start(home, home.resolve("data"), settings(taken.getLocalPort()))) {
            assertThat(service.exitStatus()).isNotZero();
            assertThat(service.log()).contains("perennial.management.port");
        }
    }

    private static Map<String, String> settings(int management) {
        Map<String, String> settings = new HashMap<>();
        settings.put("perennial.members.bundled", "all-minilm-l6-v2");
        settings.put("perennial.management.port", "" + management);
        settings.put("perennial.security.operator-key", KEY);
        return settings;
    }

    private int status(int port, String path, String key) throws Exception {
        return get(port, path, key).statusCode();
    }

    private HttpResponse<String> get(int port, String path, String key) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
