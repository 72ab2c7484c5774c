// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refresh.ExportFormat.Listed;
import dev.perennial.refresh.ExportFormat.NeededMember;
import dev.perennial.refresh.ExportFormat.NotIncluded;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an export says of itself.
 *
 * @param format always the same word
 * @param version of the format
 * @param parts those of no task
 * @param tasks in the order of the file
 * @param leftOut what is never in such a file, whatever its tasks; version 1 did not say
 */
record ExportManifest(
        @Nullable String format,
        @Nullable Integer version,
        @Nullable List<@Nullable Part> parts,
        @Nullable List<@Nullable TaskEntry> tasks,
        @Nullable List<@Nullable String> leftOut) {
    private static final int FIRST_VERSION = 1;
    private static final List<String> LEFT_OUT = List.of(
            "earlier revisions",
            "candidates",
            "ids and dates of examples",
            "examples in quarantine that the definition does not take",
            "counts of apprenticeships, and those that have ended",
            "shadows",
            "answers, scores and mistakes",
            "reports",
            "knowledge graphs",
            "adapted encoders",
            "documents");
    private static final Pattern MEMBER = Pattern.compile(MemberIds.SHAPE);
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    static ExportManifest of(Part stamp, List<TaskEntry> tasks) {
        return new ExportManifest(
                ExportStamp.FORMAT, ExportStamp.VERSION, List.of(stamp), List.copyOf(tasks), List.copyOf(LEFT_OUT));
    }

    /**
     * The tasks of a manifest that can be one.
     *
     * @param stamped whether the file begins with a stamp
     */
    List<TaskEntry> checked(boolean stamped) {
        if (!ExportStamp.FORMAT.equals(format)) {
            throw new Refusal.Invalid("/format", "must be " + ExportStamp.FORMAT);
        }
        int least = stamped ? ExportStamp.VERSION : FIRST_VERSION;
        int most = stamped ? ExportStamp.VERSION : ExportStamp.VERSION - 1;
        if (version == null || version < least || version > most) {
            throw new Refusal.Invalid(
                    "/version",
                    stamped
                            ? "must be " + most + ", as the file begins with " + ExportArchive.STAMP
                            : "must be from " + least + " to " + most + ", as the file does not begin with "
                                    + ExportArchive.STAMP);
        }
        if ((parts != null) != stamped || partsOfNoTask().size() != (parts == null ? 0 : parts.size())) {
            throw new Refusal.Invalid("/parts", "must name the parts of no task, from version 3 on");
        }
        if (tasks == null) {
            throw new Refusal.Invalid("/tasks", "is missing");
        }
        List<TaskEntry> entries = tasks.stream().filter(Objects::nonNull).toList();
        if (entries.size() != tasks.size() || !entries.stream().allMatch(TaskEntry::isSound)) {
            throw new Refusal.Invalid("/tasks", "must say of every task its parts, members and what is not included");
        }
        return entries;
    }

    /** Those of no task. */
    List<Part> partsOfNoTask() {
        return parts == null
                ? List.of()
                : parts.stream().filter(Objects::nonNull).toList();
    }

    /**
     * A part of the file.
     *
     * @param sha256 of its bytes, in hex
     */
    record Part(
            @Nullable String name,
            @Nullable Long bytes,
            @Nullable String sha256) {}

    /** A member without which the answers of a task differ. */
    record MemberEntry(@Nullable String id, @Nullable String digest) {
        private boolean isSound() {
            return matches(MEMBER, id) && matches(DIGEST, digest);
        }
    }

    /** Something that answers follow from and that the file does not hold. */
    record MissingEntry(@Nullable String kind, @Nullable String id) {
        private boolean isSound() {
            return matches(WORD, kind) && matches(WORD, id);
        }
    }

    /** A task of the file. */
    record TaskEntry(
            @Nullable String task,
            @Nullable Long examples,
            @Nullable List<@Nullable Part> parts,
            @Nullable List<@Nullable MemberEntry> members,
            @Nullable List<@Nullable MissingEntry> notIncluded) {

        static TaskEntry of(Listed listed, List<Part> parts) {
            return new TaskEntry(
                    listed.task().value(),
                    listed.examples(),
                    List.copyOf(parts),
                    listed.members().stream()
                            .<@Nullable MemberEntry>map(member -> new MemberEntry(member.id(), member.digest()))
                            .toList(),
                    listed.notIncluded().stream()
                            .<@Nullable MissingEntry>map(missing -> new MissingEntry(missing.kind(), missing.id()))
                            .toList());
        }

        private boolean isSound() {
            return task != null
                    && TaskId.isValid(task)
                    && examples != null
                    && examples >= 0
                    && parts != null
                    && parts.stream().allMatch(Objects::nonNull)
                    && members != null
                    && members.stream().allMatch(member -> member != null && member.isSound())
                    && notIncluded != null
                    && notIncluded.stream().allMatch(missing -> missing != null && missing.isSound());
        }

        List<Part> checkedParts() {
            return all(parts);
        }

        Listed listed() {
            return new Listed(
                    new TaskId(Objects.requireNonNull(task)),
                    Objects.requireNonNull(examples),
                    all(members).stream()
                            .map(member -> new NeededMember(
                                    Objects.requireNonNull(member.id()), Objects.requireNonNull(member.digest())))
                            .toList(),
                    all(notIncluded).stream()
                            .map(missing -> new NotIncluded(
                                    Objects.requireNonNull(missing.kind()), Objects.requireNonNull(missing.id())))
                            .toList());
        }

        private static <T> List<T> all(@Nullable List<@Nullable T> values) {
            return Objects.requireNonNull(values).stream()
                    .map(value -> Objects.requireNonNull(value))
                    .toList();
        }
    }

    private static boolean matches(Pattern pattern, @Nullable String value) {
        return value != null && pattern.matcher(value).matches();
    }
}
