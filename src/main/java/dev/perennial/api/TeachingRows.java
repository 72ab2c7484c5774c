// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a row teaches a task: the one place where examples are checked, whatever format they came in.
 * Immutable.
 */
final class TeachingRows {
    static final String SOURCE_RULE = "must have 1 to 64 characters of a to z, 0 to 9, '.', '_' and '-'";
    private static final double LEAST_WEIGHT = 1e-6;

    /**
     * How long the parts of a row may be.
     *
     * @param textChars UTF-16 code units of a text
     * @param labelChars of a label's name
     * @param externalIdChars of an external id
     * @param labelsPerRow labels of one multilabel row
     * @param weight greatest weight of a row
     */
    record Bounds(int textChars, int labelChars, int externalIdChars, int labelsPerRow, double weight) {
        static Bounds of(Limits limits) {
            return new Bounds(
                    limits.textChars(),
                    limits.labelNameChars(),
                    limits.externalIdChars(),
                    limits.labels(),
                    limits.weight());
        }
    }

    /** A row that can be taught, or the first thing that is wrong with it. */
    sealed interface Checked {
        record Accepted(Teaching teaching) implements Checked {}

        /** @param fault its pointer starts at the row, e.g. {@code /text} */
        record Rejected(Fault fault) implements Checked {}
    }

    private final Bounds bounds;

    TeachingRows(Bounds bounds) {
        this.bounds = bounds;
    }

    /** Characters, with quoting, of the longest record that can still be a row. */
    int maxRecordChars() {
        return 4 * bounds.textChars() + 2 * bounds.labelsPerRow() * bounds.labelChars() + 4 * bounds.externalIdChars();
    }

    /** Checks a row by the rules of a task: its kind, its input, its score range. */
    Checked check(Task task, ExampleRow row) {
        try {
            Input input = input(task, row);
            Answer answer = answer(task, row);
            Optional<String> externalId = Optional.ofNullable(row.externalId())
                    .map(id -> string("external_id", id, bounds.externalIdChars()));
            return new Checked.Accepted(
                    new Teaching(input, answer, externalId, weight(row.weight()), source(row.source())));
        } catch (Wrong wrong) {
            return new Checked.Rejected(wrong.fault);
        }
    }

    private Input input(Task task, ExampleRow row) {
        Text text = text("text", required("text", row.text()));
        if (task.input() == InputKind.TEXT) {
            absent("text_pair", row.textPair(), "this task asks about single texts: leave it out");
            return Input.of(text);
        }
        return Input.of(text, text("text_pair", required("text_pair", row.textPair())));
    }

    private Answer answer(Task task, ExampleRow row) {
        if (task.kind() != Kind.CLASSIFICATION) {
            absent("label", row.label(), "only classification tasks take it: send " + answerMember(task.kind()));
        }
        if (task.kind() != Kind.MULTILABEL
                && row.labels() != null
                && !row.labels().isEmpty()) {
            throw wrong("labels", "only multilabel tasks take it: send " + answerMember(task.kind()));
        }
        if (task.kind() != Kind.REGRESSION) {
            absent("score", row.score(), "only regression tasks take it: send " + answerMember(task.kind()));
        }
        return switch (task.kind()) {
            case CLASSIFICATION -> new Answer.OneLabel(label("label", required("label", row.label())));
            case MULTILABEL -> labels(required("labels", row.labels()));
            case REGRESSION -> score(required("score", row.score()), task.scoreRange());
        };
    }

    private Answer labels(List<String> names) {
        if (names.size() > bounds.labelsPerRow()) {
            throw wrong("labels", "has more than " + bounds.labelsPerRow() + " names");
        }
        List<String> checked = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            checked.add(label("labels/" + i, names.get(i)));
        }
        return new Answer.Labels(checked);
    }

    private String label(String member, String raw) {
        LabelName.flawIn(raw, bounds.labelChars()).ifPresent(flaw -> {
            throw wrong(member, flaw);
        });
        return LabelName.of(raw).value();
    }

    private static Answer score(double score, Optional<ScoreRange> range) {
        if (!Double.isFinite(score)) {
            throw wrong("score", "must be a finite number");
        }
        range.filter(bounds -> !bounds.contains(score)).ifPresent(bounds -> {
            throw wrong("score", "must lie between " + bounds.min() + " and " + bounds.max());
        });
        return new Answer.Score(score);
    }

    private double weight(@Nullable Double weight) {
        if (weight == null) {
            return 1.0;
        }
        if (!(weight >= LEAST_WEIGHT && weight <= bounds.weight())) {
            throw wrong("weight", "must lie between 0.000001 and " + bounds.weight());
        }
        return weight;
    }

    private static Optional<SourceName> source(@Nullable String name) {
        if (name == null) {
            return Optional.empty();
        }
        if (!SourceName.isValid(name)) {
            throw wrong("source", SOURCE_RULE);
        }
        return Optional.of(new SourceName(name));
    }

    private Text text(String member, String value) {
        requireNoFlaw(member, value, bounds.textChars());
        return new Text(value);
    }

    private static String string(String member, String value, int maxChars) {
        requireNoFlaw(member, value, maxChars);
        return new Text(value).value();
    }

    private static void requireNoFlaw(String member, String value, int maxChars) {
        Text.flawIn(value, maxChars).ifPresent(flaw -> {
            throw wrong(
                    member,
                    flaw == Text.Flaw.TOO_LONG
                            ? "is longer than " + maxChars + " characters: " + value.length()
                            : flaw.detail());
        });
    }

    private static <T> T required(String member, @Nullable T value) {
        if (value == null) {
            throw wrong(member, "is required by this task");
        }
        return value;
    }

    private static void absent(String member, @Nullable Object value, String why) {
        if (value != null) {
            throw wrong(member, why);
        }
    }

    private static String answerMember(Kind kind) {
        return switch (kind) {
            case CLASSIFICATION -> "label";
            case MULTILABEL -> "labels";
            case REGRESSION -> "score";
        };
    }

    private static Wrong wrong(String member, String detail) {
        return new Wrong(new Fault("/" + member, member + " " + detail + "."));
    }

    /** Leaves a check at the first fault. Never leaves this class. */
    private static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Fault fault;

        Wrong(Fault fault) {
            super(null, null, false, false);
            this.fault = fault;
        }
    }
}
