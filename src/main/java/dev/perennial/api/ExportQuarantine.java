// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.QuarantineReason.Cause;
import dev.perennial.task.SetApart;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Reads examples in quarantine, one a line: each by the rules of one that is taught, with why it is set apart and where
 * its place is.
 */
final class ExportQuarantine {
    private final Json json;
    private final ExampleUpload.RowCheck check;
    private final int most;

    /** @param most lines */
    ExportQuarantine(Json json, ExampleUpload.RowCheck check, int most) {
        this.json = json;
        this.check = check;
        this.most = most;
    }

    /**
     * A line as it is written.
     *
     * @param reason {@code named}, {@code suspect} or {@code leverage}
     * @param degree how suspect it was, or its leverage; null where it was named
     * @param before how many of the examples that are learnt from were taught before it
     */
    record Written(
            ExampleRow example, String reason, @Nullable Double degree, int before) {
        static Written of(SetApart apart) {
            QuarantineReason reason = apart.reason();
            return new Written(
                    ExportRows.row(apart.teaching()),
                    Choice.word(reason.cause()),
                    reason.degree().isPresent() ? (Double) reason.degree().getAsDouble() : null,
                    apart.before());
        }
    }

    /** The same as it is read. */
    record Read(
            @Nullable JsonNode example,
            @Nullable String reason,
            @Nullable Double degree,
            @Nullable Integer before) {}

    /**
     * Reads a part to its end.
     *
     * @param learntFrom how many examples there are besides
     */
    List<SetApart> read(InputStream part, int learntFrom) throws IOException {
        NdjsonLines lines = new NdjsonLines(part);
        List<SetApart> all = new ArrayList<>();
        for (Optional<NdjsonLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (all.size() == most) {
                throw new Refusal.TooLarge("examples", most, most + 1L);
            }
            SetApart next = read(line.get(), learntFrom);
            if (!all.isEmpty() && all.get(all.size() - 1).before() > next.before()) {
                throw wrong(line.get(), "it comes after one that has a later place");
            }
            all.add(next);
        }
        return all;
    }

    private SetApart read(NdjsonLines.Line line, int learntFrom) {
        if (line.tooLong()) {
            throw wrong(line, "it is longer than " + NdjsonLines.MAX_LINE_BYTES + " bytes");
        }
        Read said = json(line);
        Optional<Cause> cause = cause(said.reason());
        if (cause.isEmpty()) {
            throw wrong(line, "its reason must be named, suspect or leverage");
        }
        Double degree = said.degree();
        boolean isSound = degree == null ? cause.get() == Cause.NAMED : degree >= 0 && degree <= 1;
        if (!isSound || (degree != null && cause.get() == Cause.NAMED)) {
            throw wrong(line, "its degree must lie between 0 and 1, and be null where it was named");
        }
        Integer before = said.before();
        if (before == null || before < 0 || before > learntFrom) {
            throw wrong(line, "its place must be among the " + learntFrom + " examples that are learnt from");
        }
        QuarantineReason reason =
                new QuarantineReason(cause.get(), degree == null ? OptionalDouble.empty() : OptionalDouble.of(degree));
        return new SetApart(teaching(line, said.example()), reason, before);
    }

    private Read json(NdjsonLines.Line line) {
        try {
            return json.read(line.bytes(), Read.class);
        } catch (Refusal.Invalid | Refusal.Unparsable notOne) {
            throw wrong(line, "it must be a JSON object with example, reason, degree and before, and no other member");
        }
    }

    private Teaching teaching(NdjsonLines.Line line, @Nullable JsonNode example) {
        ExampleReader.Row row = ExampleNodes.read(line.number(), example);
        if (row instanceof ExampleReader.Row.Broken broken) {
            throw wrong(line, broken.detail());
        }
        TeachingRows.Checked checked = check.rows().check(check.task(), ((ExampleReader.Row.Readable) row).row());
        if (checked instanceof TeachingRows.Checked.Rejected rejected) {
            throw wrong(line, rejected.fault().detail());
        }
        return ((TeachingRows.Checked.Accepted) checked).teaching();
    }

    private static Optional<Cause> cause(@Nullable String word) {
        for (Cause cause : Cause.values()) {
            if (cause.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(cause);
            }
        }
        return Optional.empty();
    }

    /** Says nothing of what the line holds. */
    private Refusal.Invalid wrong(NdjsonLines.Line line, String why) {
        Task task = check.task();
        return new Refusal.Invalid(
                "",
                "Line " + line.number() + " of the quarantine of the task '" + task.id() + "' cannot be taken: " + why);
    }
}
