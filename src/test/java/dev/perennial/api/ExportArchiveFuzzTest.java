// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import dev.perennial.refresh.ExportFormat.Exported;
import dev.perennial.refresh.ExportFormat.Listed;
import dev.perennial.refresh.ExportFormat.Packed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exported files. After a first byte 0 the input is the zip file; after any other it is the parts of one, each a line
 * with its name, its content and a line that says {@value #END}, of which a file is made whose checksums, directory and
 * manifest are right. What is read is written as it was.
 */
final class ExportArchiveFuzzTest {
    private static final String END = "\n--\n";
    private static final String DEFINITION =
            "tasks/t/definition.json\n{\"kind\":\"classification\",\"labels\":[\"a\"]}";
    private static final String POLICY = "tasks/t/policy.json\n{\"target_coverage\":0.9}";
    private static final String EXAMPLES =
            "tasks/t/examples.ndjson\n{\"text\":\"x\",\"label\":\"a\"}\n{\"text\":\"y\",\"label\":\"b\",\"weight\":2}\n";
    private static final String SUITE = "tasks/t/suite.ndjson\n{\"text\":\"z\",\"label\":\"a\"}\n";
    private static final String NAMES = "tasks/t/names.json\n{\"names\":[\"mine\"]}";
    private static final String QUARANTINE =
            "tasks/t/quarantine.ndjson\n{\"example\":{\"text\":\"q\",\"label\":\"a\"},\"reason\":\"manual\"}\n";
    private static final String SETTINGS = "tasks/t/settings.json\n{}";

    private final Limits limits = Parsing.smallLimits();
    private final Json json = Json.within(limits);
    private final ExportArchive archive = new ExportArchive(json, limits);

    static Stream<byte[]> seeds() {
        byte[] parts =
                String.join(END, DEFINITION, POLICY, EXAMPLES, SUITE, NAMES).getBytes(StandardCharsets.UTF_8);
        byte[] more = String.join(END, DEFINITION, POLICY, EXAMPLES, QUARANTINE, SETTINGS)
                .getBytes(StandardCharsets.UTF_8);
        ExportArchiveFuzzTest made = new ExportArchiveFuzzTest();
        return Stream.of(
                MutatedSeeds.numbered(0, made.zip(parts)),
                MutatedSeeds.numbered(1, parts),
                MutatedSeeds.numbered(1, more),
                MutatedSeeds.numbered(
                        1, (DEFINITION + END + POLICY + END + EXAMPLES).getBytes(StandardCharsets.UTF_8)));
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFile_isReadOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        byte[] file = input[0] == 0 ? rest : zip(rest);
        List<Packed> tasks = new ArrayList<>();
        Optional<List<Listed>> listed = valueOrRefusal(() -> archive.read(new ByteArrayInputStream(file), tasks::add));
        if (listed.isPresent()) {
            require(read(written(tasks, listed.get())).equals(tasks), "a task that is written as another");
        }
    }

    private List<Packed> read(byte[] file) throws IOException {
        List<Packed> tasks = new ArrayList<>();
        List<Listed> unused = archive.read(new ByteArrayInputStream(file), tasks::add);
        return tasks;
    }

    private byte[] written(List<Packed> tasks, List<Listed> listed) throws IOException {
        List<Exported> exported = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            exported.add(new Exported(tasks.get(i), listed.get(i)));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        archive.write(exported.iterator(), bytes);
        return bytes.toByteArray();
    }

    /** A file of these parts, one task's, with a stamp and a manifest that names them. */
    private byte[] zip(byte[] parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ArchiveParts zip = new ArchiveParts(bytes, "import_bytes", Integer.MAX_VALUE);
        List<ExportManifest.Part> named = new ArrayList<>();
        try {
            ExportManifest.Part stamp = add(zip, ExportArchive.STAMP, utf8(json.write(ExportStamp.WRITTEN)));
            for (String part : new String(parts, StandardCharsets.UTF_8).split(END, -1)) {
                String[] nameAndContent = part.split("\n", 2);
                named.add(add(zip, nameAndContent[0], utf8(nameAndContent.length < 2 ? "" : nameAndContent[1])));
            }
            ExportManifest.TaskEntry entry =
                    new ExportManifest.TaskEntry("t", 2L, List.copyOf(named), List.of(), List.of());
            add(zip, ExportArchive.MANIFEST, utf8(json.write(ExportManifest.of(stamp, List.of(entry)))));
            zip.finish();
        } catch (IOException | IllegalArgumentException notWritable) {
            // two parts of one name, or a name that is too long: the file is as far as it came
        }
        return bytes.toByteArray();
    }

    private static ExportManifest.Part add(ArchiveParts zip, String name, byte[] content) throws IOException {
        return zip.add(name, sink -> sink.write(content));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void someFiles_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aFile_isReadOrRefused);
    }
}
