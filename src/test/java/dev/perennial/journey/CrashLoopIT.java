// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.onnx.HostileMember;
import dev.perennial.onnx.TinyModel;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An encoder whose native code ends the process: refused when it is registered, and left out when it was not. */
final class CrashLoopIT {
    private static final Map<String, String> SETTINGS = Map.of("perennial.members.bundled", "");
    private static final String TASK = "/v1/tasks/kitchen";

    @TempDir
    private Path home;

    @Test
    void hostileTokenizers_areRefused_andTheServiceLives() throws Exception {
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), SETTINGS)) {
            ServiceClient client = service.client();
            for (Map.Entry<String, String> hostile : HostileMember.tokenizers().entrySet()) {
                Path folder = TinyModel.folder(
                        home.resolve(hostile.getKey()), TinyModel.model().toByteArray(), hostile.getValue());
                JsonNode job = TinyMember.settled(
                        client, client.postZip("/v1/members?id=" + hostile.getKey(), TinyMember.zip(folder)));
                assertThat(job.path("status").asText()).as("%s", job).isEqualTo("failed");
            }
            assertThat(client.status("/q/health/ready")).isEqualTo(200);
        }
    }

    /** As one that was registered when another release of the native library took it. */
    @Test
    void memberThatEndsTheProcess_isLeftOutAtTheThirdStart_andTheRestServes() throws Exception {
        Path data = home.resolve("data");
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            TinyMember.register(service.client(), home.resolve("sound"));
            teach(service.client());
            service.terminate();
            service.exitStatus();
        }
        makeHostile(data.resolve("members/tiny"), data.resolve("members/hostile"));
        for (int start = 1; start <= 2; start++) {
            try (ServiceProcess service = ServiceProcess.start(home, data, SETTINGS)) {
                assertThat(service.serves())
                        .as("start %d: %s", start, service.log())
                        .isFalse();
                assertThat(service.exitStatus()).as(service.log()).isEqualTo(134);
            }
        }
        for (int start = 3; start <= 4; start++) {
            try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
                ServiceClient client = service.client();
                JsonNode member = client.get("/v1/members/hostile").body();
                assertThat(member.path("state").asText()).isEqualTo("failed");
                assertThat(member.path("reason").asText()).contains("left out");
                assertThat(client.get("/q/health/started")
                                .body()
                                .findPath("failed_members")
                                .asInt())
                        .isEqualTo(1);
                assertThat(service.log()).contains("Member hostile cannot serve");
                assertThat(client.post(TASK + "/predictions", "{\"inputs\": [\"activate my card\"]}")
                                .status())
                        .isEqualTo(200);
                service.kill();
            }
        }
    }

    private static void teach(ServiceClient client) throws Exception {
        client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
        assertThat(client.post(TASK + "/examples", """
                        {"examples": [{"text": "activate my new card", "label": "card"},
                                      {"text": "the fox jumps", "label": "fox"}]}""").status()).isEqualTo(200);
    }

    private static void makeHostile(Path sound, Path hostile) throws Exception {
        Files.createDirectory(hostile);
        Files.copy(sound.resolve("model.onnx"), hostile.resolve("model.onnx"));
        Files.writeString(hostile.resolve("tokenizer.json"), HostileMember.namesATokenThatIsNotThere());
        Properties manifest = new Properties();
        try (InputStream in = Files.newInputStream(sound.resolve("member.properties"))) {
            manifest.load(in);
        }
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(hostile.resolve("tokenizer.json")));
        manifest.setProperty("tokenizer-sha256", HexFormat.of().formatHex(digest));
        try (OutputStream out = Files.newOutputStream(hostile.resolve("member.properties"))) {
            manifest.store(out, null);
        }
    }
}
