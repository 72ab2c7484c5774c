// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Texts with their labels, as façades are sent them: all of them can be taught, or none is. Thread-safe. */
public final class LabelledTexts {
    private static final int REPORTED_FAULTS = 100;

    private final Limits limits;

    public LabelledTexts(Limits limits) {
        this.limits = limits;
    }

    /** One of them. */
    @Schema(name = "LabelledText")
    public record Row(@Nullable String text, @Nullable String label) {}

    /**
     * What can be taught of them.
     *
     * @param pointer where they are in the request
     * @param known labels that the task has
     * @throws Refusal.Invalid when one of them cannot be taught
     */
    public List<Teaching> read(Task task, Collection<String> known, List<@Nullable Row> rows, String pointer) {
        TeachingRows check = new TeachingRows(TeachingRows.Bounds.of(limits));
        LabelBook labels = new LabelBook(known, limits.labels());
        List<Teaching> teachings = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < rows.size() && faults.size() < REPORTED_FAULTS; i++) {
            String at = pointer + "/" + i;
            TeachingRows.Checked checked = check.check(task, row(rows.get(i)));
            if (checked instanceof TeachingRows.Checked.Rejected wrong) {
                faults.add(new Fault(at + wrong.fault().pointer(), wrong.fault().detail()));
            } else if (checked instanceof TeachingRows.Checked.Accepted ok) {
                Optional<String> flaw = labels.admit(ok.teaching());
                flaw.ifPresent(detail -> faults.add(new Fault(at + "/label", detail)));
                teachings.add(ok.teaching());
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return teachings;
    }

    private static ExampleRow row(@Nullable Row row) {
        return new ExampleRow(
                row == null ? null : row.text(), null, row == null ? null : row.label(), null, null, null, null, null);
    }
}
