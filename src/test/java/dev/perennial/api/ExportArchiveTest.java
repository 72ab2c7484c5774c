// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refresh.ExportFormat.Exported;
import dev.perennial.refresh.ExportFormat.Listed;
import dev.perennial.refresh.ExportFormat.NeededMember;
import dev.perennial.refresh.ExportFormat.NotIncluded;
import dev.perennial.refresh.ExportFormat.Packed;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.SetApart;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again, and nothing else is. */
final class ExportArchiveTest {
    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final String EXAMPLES = "tasks/cards/examples.ndjson";
    private static final String MANIFEST = "manifest.json";
    private static final String STAMP = "format.json";

    private final ExportArchive archive = archive(Map.of());

    @Test
    void tasks_areReadAsTheyWereWritten() throws IOException {
        List<Exported> tasks = List.of(cards(), moods(), scores());

        List<Packed> read = new ArrayList<>();
        List<Listed> listed = archive.read(new ByteArrayInputStream(written(tasks)), read::add);

        assertThat(listed).isEqualTo(tasks.stream().map(Exported::manifest).toList());
        assertThat(read).isEqualTo(tasks.stream().map(Exported::content).toList());
    }

    @Test
    void suiteAndNames_areReadAsTheyWereWritten() throws IOException {
        Packed measured = measured().content();
        Packed named = packed(scores().content().task(), scores().content().teachings(), List.of(), List.of("mine"));
        List<Exported> tasks = List.of(measured(), moods(), new Exported(named, scores().manifest()));

        List<Packed> read = new ArrayList<>();
        List<Listed> unused = archive.read(new ByteArrayInputStream(written(tasks)), read::add);

        assertThat(read).containsExactly(measured, moods().content(), named);
    }

    @Test
    void manifest_saysWhatIsInNoFile() throws IOException {
        assertThat(parts(written(List.of(cards()))).get(MANIFEST))
                .contains("\"left_out\":[\"earlier revisions\",", "\"knowledge graphs\",\"adapted encoders\"");
    }

    /** They have no stamp; the first did not say either what is in no file. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void filesOfEarlierVersions_areRead(int version) throws IOException {
        assertThat(read(zip(ofVersion(version, parts(written(List.of(measured())))))))
                .hasSize(1);
    }

    private static Map<String, String> ofVersion(int version, Map<String, String> parts) {
        Map<String, String> earlier = new LinkedHashMap<>(parts);
        earlier.remove(STAMP);
        earlier.computeIfPresent(MANIFEST, (name, content) -> {
            String without = content.replaceFirst("\"parts\":\\[[^]]*],\"tasks\"", "\"tasks\"")
                    .replace("\"version\":3", "\"version\":" + version);
            return version > 1 ? without : without.replaceFirst(",\"left_out\":\\[[^]]*]", "");
        });
        return earlier;
    }

    /** Parts of the third version are none of an earlier one. */
    @Test
    void filesOfEarlierVersions_haveNoSettings() throws IOException {
        byte[] file = zip(ofVersion(2, parts(written(List.of(guarded())))));
        assertThatThrownBy(() -> read(file)).isInstanceOf(Refusal.Unparsable.class);
    }

    @Test
    void quarantineAndSettings_areReadAsTheyWereWritten() throws IOException {
        List<Exported> tasks = List.of(guarded(), moods());

        List<Packed> read = new ArrayList<>();
        List<Listed> unused = archive.read(new ByteArrayInputStream(written(tasks)), read::add);

        assertThat(read).isEqualTo(tasks.stream().map(Exported::content).toList());
        assertThat(written(tasks)).isEqualTo(written(tasks));
    }

    @Test
    void quarantine_thatTheDefinitionDoesNotTake_isNotWritten() throws IOException {
        Packed guarded = guarded().content();
        List<SetApart> apart = new ArrayList<>(guarded.apart());
        apart.add(new SetApart(
                Teaching.of(Input.of(new Text("of before")), new Answer.Score(1)), QuarantineReason.NAMED, 2));
        Exported more = new Exported(
                new Packed(guarded.task(), guarded.teachings(), List.of(), List.of(), apart, guarded.settings()),
                guarded().manifest());

        assertThat(written(List.of(more))).isEqualTo(written(List.of(guarded())));
        assertThat(parts(written(List.of(more))).get(MANIFEST)).contains("that the definition does not take");
    }

    @ParameterizedTest
    @CsvSource({
        "quarantine.ndjson, '\"before\":2', '\"before\":3', among the 2 examples",
        "quarantine.ndjson, '\"before\":2', '\"before\":-1', among the 2 examples",
        "quarantine.ndjson, '\"before\":0', '\"before\":2', has a later place",
        "quarantine.ndjson, '\"reason\":\"suspect\"', '\"reason\":\"whim\"', 'named, suspect or leverage'",
        "quarantine.ndjson, '\"reason\":\"suspect\"', '\"reason\":\"named\"', 'between 0 and 1, and be null'",
        "quarantine.ndjson, '\"degree\":0.75', '\"degree\":1.75', 'between 0 and 1'",
        "quarantine.ndjson, '\"degree\":0.75', '\"degree\":null', 'between 0 and 1'",
        "quarantine.ndjson, '\"degree\":0.75', '\"degree\":0.75,\"more\":1', and no other member",
        "quarantine.ndjson, '\"degree\":0.75', '\"degree\":0.75,\"degree\":0.5', and no other member",
        "quarantine.ndjson, '\"label\":\"lost\"', '\"label\":7', must be a string",
        "quarantine.ndjson, doubtful card, my card, twice",
        "settings.json, '\"recall\":0.001', '\"recall\":7', /settings.json/gate_bounds/recall",
        "settings.json, '\"recall\":0.001', '\"recoil\":0.001', is not a member here",
        "settings.json, '\"recent_rows\":50', '\"recent_rows\":50.5', a whole number",
        "settings.json, '\"keep_texts\":true', '\"keep_texts\":null', must say gate_bounds and keep_texts",
        "settings.json, '\"accuracy\":0.9', '\"accuracy\":1', /settings.json/apprenticeship/accuracy",
        "settings.json, '\"keep_texts\":true', '\"keep_texts\":false', SHA-256"
    })
    void changedQuarantineOrSettings_areRefused(String part, String before, String after, String reason)
            throws IOException {
        Map<String, String> parts = parts(written(List.of(guarded())));
        parts.computeIfPresent("tasks/cards/" + part, (name, content) -> {
            assertThat(content).contains(before);
            return content.replaceFirst(Pattern.quote(before), Matcher.quoteReplacement(after));
        });

        assertThatThrownBy(() -> read(zip(parts)))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        invalid -> assertThat(invalid.getMessage() + invalid.faults())
                                .contains(reason)
                                .doesNotContain("card "));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"minor\":0', '\"minor\":1', update this service",
        "'\"minor\":0', '\"minor\":1,\"more\":{}', update this service",
        "'\"version\":3', '\"version\":4', update this service",
        "'\"version\":3', '\"version\":2', of no version that there is",
        "'\"minor\":0', '\"minor\":0,\"more\":{}', of no version that there is",
        "'\"minor\":0', '\"minor\":\"x\"', must say the format",
        "perennial-export, other-export, must say the format"
    })
    void otherStamps_areRefusedAtOnce_withWhatToDo(String before, String after, String reason) throws IOException {
        Map<String, String> parts = parts(written(List.of(guarded())));
        parts.computeIfPresent(STAMP, (name, content) -> {
            assertThat(content).contains(before);
            return content.replace(before, after);
        });
        // What a later release writes besides is not looked at.
        Map<String, String> unknown = new LinkedHashMap<>();
        unknown.put(STAMP, parts.get(STAMP));
        unknown.put("later.json", "{}");
        for (Map<String, String> file : List.of(parts, unknown)) {
            assertThatThrownBy(() -> read(zip(file)))
                    .isInstanceOfSatisfying(
                            Refusal.Invalid.class,
                            invalid -> assertThat(invalid.faults().toString()).contains(STAMP, reason));
        }
    }

    /** A zip cannot be written with the same name twice, but it can be made so. */
    @ParameterizedTest
    @CsvSource({"settings.json, settings.jsom", "quarantine.ndjson, quarantine.ndjsom"})
    void samePartTwice_isRefused(String part, String placeholder) throws IOException {
        Map<String, String> parts = new LinkedHashMap<>();
        parts(written(List.of(guarded()))).forEach((name, content) -> {
            parts.put(name, content);
            if (name.endsWith(part)) {
                parts.put(name.replace(part, placeholder), content);
            }
        });
        byte[] twice =
                new String(zip(parts), ISO_8859_1).replace(placeholder, part).getBytes(ISO_8859_1);

        assertThatThrownBy(() -> read(twice)).isInstanceOf(Refusal.Unparsable.class);
    }

    @Test
    void moreInQuarantineThanATaskMayHave_isRefused() throws IOException {
        byte[] file = written(List.of(guarded()));
        ExportArchive small = archive(Map.of("perennial.limits.examples", "2"));
        assertThatThrownBy(() -> small.read(new ByteArrayInputStream(file), content -> {}))
                .isInstanceOfSatisfying(
                        Refusal.TooLarge.class,
                        large -> assertThat(large.what()).isEqualTo("examples"));
    }

    /** With all that guards and watches it. */
    private static Exported guarded() {
        Packed cards = cards().content();
        QuarantineReason suspect = new QuarantineReason(QuarantineReason.Cause.SUSPECT, OptionalDouble.of(0.75));
        QuarantineReason leverage = new QuarantineReason(QuarantineReason.Cause.LEVERAGE, OptionalDouble.of(0.1 + 0.2));
        List<SetApart> apart = List.of(
                new SetApart(
                        Teaching.of(Input.of(new Text("doubtful card \uD83D\uDE42")), new Answer.OneLabel("lost")),
                        suspect,
                        0),
                new SetApart(
                        new Teaching(
                                Input.of(new Text("who was it")),
                                new Answer.OneLabel("Lost"),
                                Optional.of("e-2"),
                                3,
                                Optional.of(new SourceName("crowd.2"))),
                        leverage,
                        0),
                new SetApart(
                        Teaching.of(Input.of(new Text("odd")), new Answer.OneLabel("arrival")),
                        QuarantineReason.NAMED,
                        2));
        TaskSettings settings = new TaskSettings(
                Map.of("recall", 0.001, "recent_rows", 50.0),
                true,
                Optional.of(new TaskSettings.Apprentice(0.9, 40, true)));
        return new Exported(
                new Packed(cards.task(), cards.teachings(), List.of(), List.of(), apart, settings), cards().manifest());
    }

    @ParameterizedTest
    @CsvSource({
        "names.json, '\"mine\"', '\"serving\"', different names",
        "names.json, '\"mine\"', '\"yours\"', different names",
        "names.json, '\"mine\"', '\"Mine\"', different names",
        "suite.ndjson, '\"label\":\"lost\"', '\"label\":\"Lost\"', look alike",
        "suite.ndjson, '\"label\":\"lost\"', '\"label\":7', cannot be taught"
    })
    void changedSuiteOrNames_areRefused(String part, String before, String after, String reason) throws IOException {
        Map<String, String> parts = parts(written(List.of(measured())));
        parts.computeIfPresent("tasks/cards/" + part, (name, content) -> {
            assertThat(content).contains(before);
            return content.replace(before, after);
        });

        assertThatThrownBy(() -> read(zip(parts)))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        invalid -> assertThat(invalid.getMessage() + invalid.faults())
                                .contains(reason));
    }

    private static Packed packed(Task task, List<Teaching> teachings, List<Teaching> suite, List<String> names) {
        return new Packed(task, teachings, suite, names, List.of(), TaskSettings.NONE);
    }

    private static Exported measured() {
        Packed cards = cards().content();
        return new Exported(
                packed(
                        cards.task(),
                        cards.teachings(),
                        List.of(
                                Teaching.of(Input.of(new Text("it is gone")), new Answer.OneLabel("lost")),
                                Teaching.of(Input.of(new Text("it is gone")), new Answer.OneLabel("lost"))),
                        List.of("mine", "yours")),
                cards().manifest());
    }

    @Test
    void equalTasks_giveEqualBytes() throws IOException {
        Map<String, Map<String, Double>> costs = new LinkedHashMap<>();
        Map<String, Map<String, Double>> reversed = new LinkedHashMap<>();
        List<String> labels = List.of("lost", "arrival", "x", "y");
        for (int i = 0; i < labels.size(); i++) {
            costs.put(labels.get(i), Map.of("lost", 1.5));
            reversed.put(labels.get(labels.size() - 1 - i), Map.of("lost", 1.5));
        }

        assertThat(written(List.of(costly(costs)))).isEqualTo(written(List.of(costly(reversed))));
        assertThat(written(List.of(cards(), moods()))).isEqualTo(written(List.of(cards(), moods())));
    }

    @Test
    void anyCut_isRefused() throws IOException {
        byte[] file = written(List.of(cards(), moods()));
        for (int length = 0; length < file.length; length += 7) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> read(cut)).as("cut to %d bytes", length).isInstanceOf(Refusal.class);
        }
        assertThatThrownBy(() -> read(Arrays.copyOf(file, file.length - 1))).isInstanceOf(Refusal.Unparsable.class);
    }

    @Test
    void whatFollowsTheEnd_isRefused() throws IOException {
        byte[] file = written(List.of(cards()));
        for (int more : new int[] {1, 22, 10_000}) {
            assertThatThrownBy(() -> read(Arrays.copyOf(file, file.length + more)))
                    .as("%d more bytes", more)
                    .isInstanceOf(Refusal.Unparsable.class);
        }
    }

    /** Names, sizes, checksums and places, which other programs would go by. */
    @Test
    void damagedDirectory_isRefused() throws IOException {
        for (byte[] file : List.of(written(List.of(cards(), moods())), zip(parts(written(List.of(cards())))))) {
            assertThat(read(file)).isNotEmpty();
            String bytes = new String(file, ISO_8859_1);
            int first = bytes.indexOf("PK\u0001\u0002");
            for (int at : new int[] {0, 10, 16, 20, 24, 28, 30, 32, 42, 46}) {
                assertRefused(file, first + at);
            }
            int end = bytes.indexOf("PK\u0005\u0006");
            for (int at = end; at < file.length; at++) {
                assertRefused(file, at);
            }
        }
    }

    private void assertRefused(byte[] file, int at) {
        byte[] damaged = file.clone();
        damaged[at] ^= 1;
        assertThatThrownBy(() -> read(damaged)).as("byte %d", at).isInstanceOf(Refusal.Unparsable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "tasks/cards/examples.ndjson, my card, our card, SHA-256",
        "tasks/cards/definition.json, Which, What, SHA-256",
        "tasks/cards/policy.json, 0.9, 0.8, SHA-256",
        "manifest.json, '\"version\":3', '\"version\":2', must be 3",
        "manifest.json, '\"parts\":[', '\"parts\":[null,', must name the parts",
        "format.json, '\"minor\":0', '\"minor\": 0', SHA-256",
        "manifest.json, perennial-export, other-export, must be perennial-export",
        "manifest.json, '\"examples\":2', '\"examples\":null', must say of every task",
        "manifest.json, '\"examples\":2', '\"examples\":2,\"more\":1', more",
        "manifest.json, tasks/cards/policy.json, tasks/../policy.json, other parts",
        "manifest.json, '\"id\":\"member-a\"', '\"id\":\"../member\"', must say of every task",
        "tasks/cards/examples.ndjson, '\"label\":\"lost\"', '\"label\":7', cannot be taught",
        "tasks/cards/examples.ndjson, '\"label\":\"lost\"', '\"label\":\"ARRIVAL\"', look alike",
        "tasks/cards/definition.json, '\"kind\":\"classification\"', '\"kind\":\"regression\"', score_range",
        "tasks/cards/policy.json, '\"cascade_risk\":0.01', '\"cascade_risk\":7', cascade_risk"
    })
    void changedPart_isRefusedWithTheReason(String part, String before, String after, String reason)
            throws IOException {
        byte[] file = changed(part, content -> {
            assertThat(content).contains(before);
            return content.replace(before, after);
        });

        assertThatThrownBy(() -> read(file)).isInstanceOfSatisfying(Refusal.class, refusal -> {
            String told = refusal instanceof Refusal.Invalid invalid
                    ? refusal.getMessage() + invalid.faults()
                    : refusal.getMessage();
            assertThat(told).contains(reason).doesNotContain("card ");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd",
                "/etc/passwd",
                "tasks/../../x/definition.json",
                "tasks/CARDS/definition.json",
                "tasks/cards/../cards/definition.json",
                "tasks/cards/other.json",
                "tasks/" + "a" + "/policy.json",
                "x"
            })
    void partsWithOtherNames_areRefused(String name) throws IOException {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put(name, "{}");
        parts.putAll(parts(written(List.of(cards()))));

        assertThatThrownBy(() -> read(zip(parts))).isInstanceOf(Refusal.Unparsable.class);
    }

    @Test
    void missingAndFollowingParts_areRefused() throws IOException {
        for (String missing : List.of(EXAMPLES, "tasks/cards/policy.json", "tasks/cards/definition.json", MANIFEST)) {
            Map<String, String> parts = parts(written(List.of(cards())));
            parts.remove(missing);
            assertThatThrownBy(() -> read(zip(parts))).as(missing).isInstanceOf(Refusal.class);
        }
        Map<String, String> more = parts(written(List.of(cards())));
        more.put("more", "");
        assertThatThrownBy(() -> read(zip(more))).isInstanceOf(Refusal.Unparsable.class);
    }

    @Test
    void sameTaskTwice_isRefused() throws IOException {
        // A zip cannot be written with the same name twice, but it can be made so.
        byte[] file = written(
                List.of(cards(), exported(task("carts", Kind.CLASSIFICATION, InputKind.TEXT, Optional.empty()))));
        byte[] same = new String(file, ISO_8859_1)
                .replace("tasks/carts/", "tasks/cards/")
                .getBytes(ISO_8859_1);

        assertThatThrownBy(() -> read(same)).isInstanceOf(Refusal.Invalid.class).hasMessageContaining("twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"external_id\":\"e-1\"", "\"external_id\":null"})
    void sameExampleTwice_isRefused(String ofTheSame) throws IOException {
        byte[] file = changed(EXAMPLES, content -> {
            String line = content.lines()
                    .filter(one -> one.contains(ofTheSame))
                    .findFirst()
                    .orElseThrow();
            return content + line + "\n";
        });
        assertThatThrownBy(() -> read(file)).isInstanceOf(Refusal.Invalid.class).hasMessageContaining("twice");
    }

    @Test
    void whatUnpacksToTooMuch_isRefusedBeforeItIsRead() throws IOException {
        Map<String, String> parts = parts(written(List.of(cards())));
        parts.put(EXAMPLES, " ".repeat(5_000_000));
        byte[] bomb = zip(parts);
        assertThat(bomb).hasSizeLessThan(20_000);

        ExportArchive small = archive(Map.of("perennial.limits.import-bytes", "1000000"));
        assertThatThrownBy(() -> small.read(new ByteArrayInputStream(bomb), content -> {}))
                .isInstanceOfSatisfying(Refusal.TooLarge.class, large -> {
                    assertThat(large.what()).isEqualTo("import_bytes");
                    assertThat(large.actual()).isLessThan(1_100_000);
                });
    }

    @ParameterizedTest
    @CsvSource({"examples, 1", "labels, 1", "tasks, 1", "text-chars, 5", "label-name-chars, 3", "import-bytes, 400"})
    void moreThanALimit_isRefused(String limit, String most) throws IOException {
        byte[] file = written(List.of(cards(), moods()));
        ExportArchive small = archive(Map.of("perennial.limits." + limit, most));
        assertThatThrownBy(() -> small.read(new ByteArrayInputStream(file), content -> {}))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void fileThatCouldNotBeRead_isNotWritten() {
        ExportArchive small = archive(Map.of("perennial.limits.import-bytes", "400"));
        assertThatThrownBy(() -> small.write(List.of(cards()).iterator(), new ByteArrayOutputStream()))
                .isInstanceOf(Refusal.TooLarge.class);
    }

    @Test
    void labelsThatWereTaughtInAnyOrder_comeBack() throws IOException {
        Task task = task("cards", Kind.CLASSIFICATION, InputKind.TEXT, Optional.empty());
        Exported exported = exported(
                task,
                Teaching.of(Input.of(new Text("one")), new Answer.OneLabel("lost")),
                Teaching.of(Input.of(new Text("two")), new Answer.OneLabel("stolen")),
                Teaching.of(Input.of(new Text("three")), new Answer.OneLabel("lost/stolen")));
        List<Teaching> read = new ArrayList<>();
        archive.read(new ByteArrayInputStream(written(List.of(exported))), content -> read.addAll(content.teachings()));
        assertThat(read).isEqualTo(exported.content().teachings());
    }

    @Test
    void costsOfALabelThatWasForgotten_comeBack() throws IOException {
        Exported exported = costly(Map.of("forgotten", Map.of("lost", 2.0)));
        List<Task> read = new ArrayList<>();
        archive.read(new ByteArrayInputStream(written(List.of(exported))), content -> read.add(content.task()));
        assertThat(read).containsExactly(exported.content().task());
    }

    private List<Listed> read(byte[] file) throws IOException {
        return archive.read(new ByteArrayInputStream(file), content -> {});
    }

    private byte[] written(List<Exported> tasks) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        archive.write(tasks.iterator(), bytes);
        return bytes.toByteArray();
    }

    /** The archive with one part changed, packed anew so that its checksums are right. */
    private byte[] changed(String part, UnaryOperator<String> change) throws IOException {
        Map<String, String> parts = parts(written(List.of(cards())));
        parts.computeIfPresent(part, (name, content) -> change.apply(content));
        return zip(parts);
    }

    private static Map<String, String> parts(byte[] file) throws IOException {
        Map<String, String> parts = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName(), new String(zip.readAllBytes(), UTF_8));
            }
        }
        return parts;
    }

    private static byte[] zip(Map<String, String> parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                zip.write(part.getValue().getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static ExportArchive archive(Map<String, String> properties) {
        Limits limits = new SmallRyeConfigBuilder()
                .withMapping(Limits.class, "perennial.limits")
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build()
                .getConfigMapping(Limits.class, "perennial.limits");
        return new ExportArchive(Json.within(limits), limits);
    }

    private static Exported cards() {
        Task task = new Task(
                new TaskId("cards"),
                Kind.CLASSIFICATION,
                InputKind.TEXT,
                "Which one? \u00fc \uD83D\uDE42",
                List.of(new Label("lost", "gone"), new Label("arrival", "")),
                Optional.empty(),
                Policy.DEFAULT);
        return exported(
                task,
                Teaching.of(Input.of(new Text("my card \uD83D\uDE42")), new Answer.OneLabel("lost")),
                new Teaching(
                        Input.of(new Text("where is it")),
                        new Answer.OneLabel("arrival"),
                        Optional.of("e-1"),
                        1_234.5678901234567,
                        Optional.of(new SourceName("crowd.2"))));
    }

    private static Exported moods() {
        Task task = task("moods", Kind.MULTILABEL, InputKind.PAIR, Optional.empty());
        return exported(
                task,
                Teaching.of(Input.of(new Text("a"), new Text("b")), new Answer.Labels(List.of("x", "y"))),
                Teaching.of(Input.of(new Text("a"), new Text("c")), new Answer.Labels(List.of())));
    }

    private static Exported scores() {
        Task task = task("scores", Kind.REGRESSION, InputKind.TEXT, Optional.of(new ScoreRange(-0.1, 1e6)));
        return exported(task, Teaching.of(Input.of(new Text("a")), new Answer.Score(0.1 + 0.2)));
    }

    private static Exported costly(Map<String, Map<String, Double>> costs) {
        Task task = new Task(
                new TaskId("costly"),
                Kind.CLASSIFICATION,
                InputKind.TEXT,
                "",
                List.of(new Label("lost", ""), new Label("arrival", ""), new Label("x", ""), new Label("y", "")),
                Optional.empty(),
                new Policy(0.8, OptionalDouble.of(0.3), 0.02, OptionalDouble.of(0.5), costs));
        return exported(task);
    }

    private static Task task(String id, Kind kind, InputKind input, Optional<ScoreRange> range) {
        return new Task(new TaskId(id), kind, input, "", List.of(), range, Policy.DEFAULT);
    }

    private static Exported exported(Task task, Teaching... teachings) {
        return new Exported(
                packed(task, List.of(teachings), List.of(), List.of()),
                new Listed(
                        task.id(),
                        teachings.length,
                        List.of(new NeededMember("member-a", DIGEST)),
                        List.of(new NotIncluded("graph", "wordnet"))));
    }
}
