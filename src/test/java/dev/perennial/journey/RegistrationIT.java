// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.onnx.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoders of strangers are tried by the packaged service in a process of its own, and taken or refused. */
final class RegistrationIT {

    @TempDir
    private Path home;

    @Test
    void registration_takesASoundEncoder_andSaysWhyItRefusesAnother() throws Exception {
        Path imports = Files.createDirectory(home.resolve("imports"));
        byte[] model = TinyModel.model().toByteArray();
        Path sound = TinyModel.folder(imports.resolve("sound"), model, TinyModel.tokenizer());
        TinyModel.folder(imports.resolve("broken"), new byte[100], TinyModel.tokenizer());
        Path bad = TinyModel.folder(home.resolve("bad"), model, "{}");
        Map<String, String> settings = Map.of(
                "perennial.members.bundled",
                "all-minilm-l6-v2",
                "perennial.members.import-directory",
                imports.toString());
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings)) {
            ServiceClient client = service.client();

            refused(client, client.post("/v1/members", "{\"id\": \"broken\", \"folder\": \"broken\"}"), "broken");
            refused(client, client.postZip("/v1/members?id=bad", TinyMember.zip(bad)), "bad");
            refused(client, client.postZip("/v1/members?id=none", new byte[] {1, 2, 3}), "none");
            JsonNode taken = TinyMember.settled(client, client.postZip("/v1/members?id=sound", TinyMember.zip(sound)));
            assertThat(taken.path("status").asText()).as("%s", taken).isEqualTo("succeeded");
            assertThat(client.get("/v1/members/sound").body().path("state").asText())
                    .isEqualTo("ready");
        }
    }

    @Test
    void tableOfARegisteredEncoder_isDistilled_survivesARestart_andIsRemoved() throws Exception {
        Map<String, String> settings = Map.of("perennial.members.bundled", "all-minilm-l6-v2");
        JsonNode before;
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings)) {
            ServiceClient client = service.client();
            TinyMember.register(client, home.resolve("tiny"));
            JsonNode job =
                    TinyMember.settled(client, client.post("/v1/members", "{\"kind\": \"static\", \"of\": \"tiny\"}"));
            assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
            before = client.get("/v1/members/static-tiny").body();
            assertThat(before.path("kind").asText()).isEqualTo("static");
            assertThat(before.path("of").asText()).isEqualTo("tiny");
            service.kill();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings)) {
            ServiceClient client = service.client();
            JsonNode after = client.get("/v1/members/static-tiny").body();
            assertThat(after.path("state").asText()).as("%s", after).isEqualTo("ready");
            assertThat(after.path("digest")).isEqualTo(before.path("digest"));
            TinyMember.settled(client, client.delete("/v1/members/static-tiny"));
            assertThat(client.get("/v1/members/static-tiny").status()).isEqualTo(404);
            assertThat(home.resolve("data/members/static-tiny")).doesNotExist();
        }
    }

    private static void refused(ServiceClient client, ServiceClient.Reply accepted, String id) throws Exception {
        JsonNode job = TinyMember.settled(client, accepted);
        assertThat(job.path("status").asText()).isEqualTo("failed");
        assertThat(job.path("problem").path("detail").asText()).isNotEmpty();
        JsonNode member = client.get("/v1/members/" + id).body();
        assertThat(member.path("state").asText()).isEqualTo("failed");
        assertThat(member.path("reason").asText()).isNotEmpty();
    }
}
