// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.onnx.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Registers the encoder of a few kilobytes with a service, so that it starts fast and still runs a real model. */
final class TinyMember {
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(120);

    private TinyMember() {}

    static void register(ServiceClient client, Path folder) throws IOException, InterruptedException {
        TinyModel.folder(folder, TinyModel.model().toByteArray(), TinyModel.tokenizer());
        JsonNode job = settled(client, client.postZip("/v1/members?id=tiny", zip(folder)));
        assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
    }

    /** The job that an accepted registration named, when it has succeeded or failed. */
    static JsonNode settled(ServiceClient client, ServiceClient.Reply accepted) {
        assertThat(accepted.status()).as("%s", accepted.body()).isEqualTo(202);
        String job = "/v1/jobs/" + accepted.body().path("id").asText();
        return await().pollInterval(Duration.ofMillis(200))
                .atMost(LONGEST_CHECK)
                .until(
                        () -> client.get(job).body(),
                        body -> List.of("succeeded", "failed")
                                .contains(body.path("status").asText()));
    }

    static byte[] zip(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes);
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
        return bytes.toByteArray();
    }
}
