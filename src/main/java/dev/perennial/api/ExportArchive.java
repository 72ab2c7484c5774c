// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.api.ExportManifest.Part;
import dev.perennial.api.ExportManifest.TaskEntry;
import dev.perennial.math.FixedPoint;
import dev.perennial.refresh.ExportFormat;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.SetApart;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingIdentity;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

/**
 * Tasks in a zip file: first what version of the format it is, then of each task its definition, policy and examples,
 * and, if it has any, its suite, its names, its examples in quarantine and its settings, in the shapes in which
 * requests say them; after all of them {@code manifest.json}. What is read is checked by the rules of those requests.
 * Thread-safe.
 *
 * <p>Parts are stored as they are and without a time, so that equal tasks give equal bytes wherever they are written.
 */
public final class ExportArchive implements ExportFormat {
    static final String STAMP = "format.json";
    static final String MANIFEST = "manifest.json";
    static final String DEFINITION = "definition.json";
    static final String POLICY = "policy.json";
    static final String EXAMPLES = "examples.ndjson";
    static final String SUITE = "suite.ndjson";
    static final String NAMES = "names.json";
    static final String QUARANTINE = "quarantine.ndjson";
    static final String SETTINGS = "settings.json";

    private static final String LIMIT = "import_bytes";
    private static final int NEWLINE = '\n';
    private static final Pattern FIRST_PART = Pattern.compile("tasks/([a-z0-9][a-z0-9-]{0,62})/definition\\.json");

    private final Json json;
    private final Limits limits;

    public ExportArchive(Json json, Limits limits) {
        this.json = json;
        this.limits = limits;
    }

    @Override
    public void write(Iterator<Exported> tasks, OutputStream out) throws IOException {
        ArchiveParts parts = new ArchiveParts(out, LIMIT, limits.importBytes());
        byte[] version = bytes(ExportStamp.WRITTEN);
        Part stamp = parts.add(STAMP, sink -> sink.write(version));
        List<TaskEntry> entries = new ArrayList<>();
        while (tasks.hasNext()) {
            Exported next = tasks.next();
            entries.add(write(next, parts));
        }
        byte[] manifest = bytes(ExportManifest.of(stamp, entries));
        Part unused = parts.add(MANIFEST, sink -> sink.write(manifest));
        parts.finish();
    }

    private TaskEntry write(Exported exported, ArchiveParts parts) throws IOException {
        Packed content = exported.content();
        Task task = content.task();
        String folder = folder(task.id());
        byte[] definition = bytes(ExportRows.definition(task));
        byte[] policy = bytes(ExportRows.policy(task.policy()));
        List<Part> written = new ArrayList<>(List.of(
                parts.add(folder + DEFINITION, sink -> sink.write(definition)),
                parts.add(folder + POLICY, sink -> sink.write(policy)),
                parts.add(folder + EXAMPLES, sink -> write(content.teachings(), sink))));
        if (!content.suite().isEmpty()) {
            written.add(parts.add(folder + SUITE, sink -> write(content.suite(), sink)));
        }
        if (!content.names().isEmpty()) {
            byte[] names = bytes(new ExportRows.Names(List.copyOf(content.names())));
            written.add(parts.add(folder + NAMES, sink -> sink.write(names)));
        }
        List<SetApart> apart = content.apart().stream()
                .filter(one -> isTaken(task, one.teaching()))
                .toList();
        if (!apart.isEmpty()) {
            written.add(parts.add(folder + QUARANTINE, sink -> writeApart(apart, sink)));
        }
        if (!content.settings().equals(TaskSettings.NONE)) {
            byte[] settings = bytes(ExportSettings.written(content.settings()));
            written.add(parts.add(folder + SETTINGS, sink -> sink.write(settings)));
        }
        return TaskEntry.of(exported.manifest(), written);
    }

    private void write(List<Teaching> rows, OutputStream sink) throws IOException {
        for (Teaching row : rows) {
            sink.write(bytes(ExportRows.row(row)));
            sink.write(NEWLINE);
        }
    }

    private void writeApart(List<SetApart> rows, OutputStream sink) throws IOException {
        for (SetApart row : rows) {
            sink.write(bytes(ExportQuarantine.Written.of(row)));
            sink.write(NEWLINE);
        }
    }

    /** A task may have been defined anew since an example was set apart, so that it could never be learnt from. */
    private boolean isTaken(Task task, Teaching teaching) {
        return check(task).rows().check(task, ExportRows.row(teaching)) instanceof TeachingRows.Checked.Accepted;
    }

    /** Corrections weigh what outweighs the rest. */
    private ExampleUpload.RowCheck check(Task task) {
        TeachingRows rows = new TeachingRows(new TeachingRows.Bounds(
                limits.textChars(),
                limits.labelNameChars(),
                limits.externalIdChars(),
                limits.labels(),
                FixedPoint.LARGEST_TOTAL_WEIGHT));
        return new ExampleUpload.RowCheck(rows, task);
    }

    @Override
    public List<Listed> read(InputStream file, Consumer<Packed> each) throws IOException {
        try (WholeZip zip = new WholeZip(file)) {
            Reading reading = new Reading(zip);
            ZipEntry entry = reading.first();
            while (!entry.getName().equals(MANIFEST)) {
                entry = reading.task(entry.getName(), each);
            }
            return reading.manifest();
        } catch (ZipException | EOFException damaged) {
            throw noExport("it is cut off or damaged");
        }
    }

    /** One pass over a file. Not thread-safe. */
    private final class Reading {
        private final WholeZip zip;
        private final InputStream bounded;
        private final List<Part> seen = new ArrayList<>();
        private final Set<TaskId> tasks = new HashSet<>();
        private boolean stamped;

        Reading(WholeZip zip) {
            this.zip = zip;
            // What it unpacks to counts, of all parts together.
            this.bounded = new BoundedInput(zip, LIMIT, limits.importBytes());
        }

        /** The first part after the stamp, if there is one. */
        ZipEntry first() throws IOException {
            ZipEntry entry = next();
            stamped = entry.getName().equals(STAMP);
            if (!stamped) {
                return entry;
            }
            ExportStamp.require(json.read(whole(STAMP), JsonNode.class));
            return next();
        }

        ZipEntry next() throws IOException {
            return following().orElseThrow(() -> noExport("it has no manifest, or is cut off"));
        }

        private Optional<ZipEntry> following() throws IOException {
            try {
                return zip.next();
            } catch (IllegalArgumentException unreadableName) {
                throw noExport("it holds a part whose name cannot be read");
            }
        }

        /** Reads one; returns the part that follows it. */
        ZipEntry task(String firstPart, Consumer<Packed> each) throws IOException {
            Matcher first = FIRST_PART.matcher(firstPart);
            if (!first.matches()) {
                throw noExport("it holds a part that no export has there");
            }
            TaskId id = new TaskId(first.group(1));
            if (!tasks.add(id)) {
                throw new Refusal.Invalid("", "The file holds the task '" + id + "' twice.");
            }
            if (tasks.size() > limits.tasks()) {
                throw new Refusal.TooLarge("tasks", limits.tasks(), tasks.size());
            }
            byte[] definition = whole(folder(id) + DEFINITION);
            byte[] policy = following(id, POLICY);
            Task task = within(folder(id) + DEFINITION, () -> definition(id, definition))
                    .withPolicy(within(
                            folder(id) + POLICY, () -> Policies.read(json.read(policy, PolicyBody.class), limits)));
            List<Teaching> examples = examples(task);
            ZipEntry entry = next();
            List<Teaching> suite = List.of();
            if (entry.getName().equals(folder(id) + SUITE)) {
                suite = suite(task);
                entry = next();
            }
            List<String> names = List.of();
            if (entry.getName().equals(folder(id) + NAMES)) {
                names = ExportRows.names(json.read(whole(folder(id) + NAMES), ExportRows.Names.class), limits);
                entry = next();
            }
            List<SetApart> apart = List.of();
            if (stamped && entry.getName().equals(folder(id) + QUARANTINE)) {
                apart = apart(task, examples);
                entry = next();
            }
            TaskSettings settings = TaskSettings.NONE;
            if (stamped && entry.getName().equals(folder(id) + SETTINGS)) {
                byte[] part = whole(folder(id) + SETTINGS);
                settings = within(
                        folder(id) + SETTINGS,
                        () -> json.read(part, ExportSettings.class).read());
                entry = next();
            }
            requireLabels(task, examples, suite);
            each.accept(new Packed(task, examples, suite, names, apart, settings));
            return entry;
        }

        /** Its labels know one another, in whatever order they came to be there. */
        private Task definition(TaskId id, byte[] part) {
            TaskBody body = json.read(part, TaskBody.class);
            List<String> labels = Stream.ofNullable(body.labels())
                    .flatMap(List::stream)
                    .flatMap(label -> Stream.ofNullable(label == null ? null : label.name()))
                    .filter(name ->
                            LabelName.flawIn(name, limits.labelNameChars()).isEmpty())
                    .map(name -> LabelName.of(name).value())
                    .toList();
            return new TaskDefinitions(limits).read(id, body, labels);
        }

        private byte[] following(TaskId id, String part) throws IOException {
            requireNext(id, part);
            return whole(folder(id) + part);
        }

        private void requireNext(TaskId id, String part) throws IOException {
            if (!next().getName().equals(folder(id) + part)) {
                throw noExport("a part of the task '" + id + "' is missing");
            }
        }

        /** A part that is read at once. */
        private byte[] whole(String name) throws IOException {
            byte[] bytes = bounded.readNBytes(limits.bodyBytes() + 1);
            if (bytes.length > limits.bodyBytes()) {
                throw new Refusal.TooLarge("body_bytes", limits.bodyBytes(), bytes.length);
            }
            seen.add(new Part(
                    name, (long) bytes.length, hex(IdempotentRequests.sha256().digest(bytes))));
            return bytes;
        }

        private List<Teaching> examples(Task task) throws IOException {
            requireNext(task.id(), EXAMPLES);
            List<Teaching> examples = rows(task, EXAMPLES, limits.examples());
            requireOnce(task, examples);
            return examples;
        }

        /** Their identities are taken like those of the others. */
        private List<SetApart> apart(Task task, List<Teaching> examples) throws IOException {
            MessageDigest sha256 = IdempotentRequests.sha256();
            CountedInput counted = new CountedInput(new DigestInputStream(bounded, sha256));
            List<SetApart> apart =
                    new ExportQuarantine(json, check(task), limits.examples()).read(counted, examples.size());
            seen.add(new Part(folder(task.id()) + QUARANTINE, counted.count(), hex(sha256.digest())));
            if (apart.isEmpty()) {
                throw noExport("the quarantine of the task '" + task.id() + "' has no rows");
            }
            requireOnce(
                    task,
                    Stream.concat(examples.stream(), apart.stream().map(SetApart::teaching))
                            .toList());
            return apart;
        }

        private List<Teaching> suite(Task task) throws IOException {
            List<Teaching> rows = rows(task, SUITE, limits.evaluationRows());
            if (rows.isEmpty()) {
                throw noExport("the suite of the task '" + task.id() + "' has no rows");
            }
            return rows;
        }

        private List<Teaching> rows(Task task, String part, int most) throws IOException {
            MessageDigest sha256 = IdempotentRequests.sha256();
            CountedInput counted = new CountedInput(new DigestInputStream(bounded, sha256));
            ExampleUpload upload = upload(task, counted, most);
            counted.skipToEnd();
            seen.add(new Part(folder(task.id()) + part, counted.count(), hex(sha256.digest())));
            return upload.teachings();
        }

        private ExampleUpload upload(Task task, InputStream rows, int most) throws IOException {
            ExampleUpload upload = ExampleUpload.read(
                    rows,
                    ExampleUpload.Format.NDJSON,
                    new ExampleUpload.Bounds(most, limits.importBytes()),
                    check(task));
            requireSound(task, upload);
            return upload;
        }

        List<Listed> manifest() throws IOException {
            byte[] bytes = bounded.readNBytes(limits.teachingBodyBytes() + 1);
            if (bytes.length > limits.teachingBodyBytes()) {
                throw new Refusal.TooLarge("teaching_body_bytes", limits.teachingBodyBytes(), bytes.length);
            }
            ExportManifest manifest = json.read(bytes, ExportManifest.class);
            List<TaskEntry> entries = manifest.checked(stamped);
            if (following().isPresent()) {
                throw noExport("something follows its manifest");
            }
            zip.requireEnd();
            requireSame(manifest.partsOfNoTask(), entries);
            return entries.stream().map(TaskEntry::listed).toList();
        }

        private void requireSame(List<Part> ofNoTask, List<TaskEntry> entries) {
            List<Part> named = Stream.concat(
                            ofNoTask.stream(), entries.stream().flatMap(entry -> entry.checkedParts().stream()))
                    .toList();
            if (!names(named).equals(names(seen))) {
                throw new Refusal.Invalid("", "The manifest names other parts than the file holds.");
            }
            for (int i = 0; i < named.size(); i++) {
                if (!named.get(i).equals(seen.get(i))) {
                    throw new Refusal.Invalid(
                            "",
                            "The part '" + seen.get(i).name()
                                    + "' is not the one that the manifest names: its size or SHA-256 is another.");
                }
            }
        }
    }

    private static <T> T within(String part, Supplier<T> reading) {
        return ExportSettings.within("/" + part, reading);
    }

    /** Not by a {@link LabelBook}, which takes labels in the order in which they were taught. */
    private void requireLabels(Task task, List<Teaching> examples, List<Teaching> suite) {
        Set<String> labels = new TreeSet<>();
        task.labels().forEach(label -> labels.add(label.name()));
        Stream.concat(examples.stream(), suite.stream())
                .forEach(row -> row.answer().addLabelsTo(labels));
        if (labels.size() > limits.labels()) {
            throw new Refusal.TooLarge("labels", limits.labels(), labels.size());
        }
        long different = labels.stream()
                .map(label -> new LabelName(label).fold())
                .distinct()
                .count();
        if (different < labels.size()) {
            throw new Refusal.Invalid(
                    "", "Labels of the task '" + task.id() + "' look alike and are written differently.");
        }
    }

    private static void requireSound(Task task, ExampleUpload upload) {
        if (!upload.rejected().isEmpty()) {
            ExampleUpload.Rejected first = upload.rejected().get(0);
            throw new Refusal.Invalid(
                    "",
                    "Of the examples of the task '" + task.id() + "', "
                            + upload.rejected().size() + " cannot be taught; the one on line " + first.index() + ": "
                            + first.detail());
        }
    }

    private static void requireOnce(Task task, List<Teaching> examples) {
        Set<TeachingIdentity> identities = new HashSet<>();
        for (Teaching teaching : examples) {
            if (!identities.add(teaching.identity())) {
                throw new Refusal.Invalid(
                        "", "The task '" + task.id() + "' has an example, or an external_id, that comes twice.");
            }
        }
    }

    private static List<String> names(List<Part> parts) {
        return parts.stream().map(Part::name).collect(Collectors.toList());
    }

    private byte[] bytes(Object value) {
        return json.write(value).getBytes(StandardCharsets.UTF_8);
    }

    private static String folder(TaskId id) {
        return "tasks/" + id.value() + "/";
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    private static Refusal.Unparsable noExport(String why) {
        return new Refusal.Unparsable("The file is no export of this service: " + why + ".");
    }
}
