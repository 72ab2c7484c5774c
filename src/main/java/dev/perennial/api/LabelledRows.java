// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows that a task is measured with. They are written and checked like those of a teaching, but all of them must
 * be acceptable: a measure over what happened to be is another one. Thread-safe.
 */
final class LabelledRows {
    private static final int REPORTED_FAULTS = 100;

    private final Limits limits;
    private final Bodies bodies;

    LabelledRows(Limits limits, Bodies bodies) {
        this.limits = limits;
        this.bodies = bodies;
    }

    /**
     * The rows of a body, at least one.
     *
     * @throws Refusal.Invalid when there is none, or one is not acceptable
     * @throws Refusal.TooLarge when there are more than may be evaluated
     */
    List<Teaching> read(Serving serving, TaskId task, HttpHeaders headers, InputStream body) {
        serving.stored(task);
        Bodies.Limit limit = new Bodies.Limit("teaching_body_bytes", limits.teachingBodyBytes());
        byte[] bytes = bodies.bytes(headers, body, limit);
        return read(serving, task, TeachingRequests.format(headers), bytes);
    }

    List<Teaching> read(Serving serving, TaskId task, ExampleUpload.Format format, byte[] body) {
        ExampleUpload.Bounds bounds = new ExampleUpload.Bounds(Integer.MAX_VALUE, limits.teachingBodyBytes());
        ExampleUpload.RowCheck check = new ExampleUpload.RowCheck(
                new TeachingRows(TeachingRows.Bounds.of(limits)),
                serving.stored(task).task());
        try {
            ExampleUpload upload = ExampleUpload.read(new ByteArrayInputStream(body), format, bounds, check);
            return accepted(upload.admitting(new LabelBook(serving.labels(task), limits.labels())), format);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The rows of a request that says more than these. */
    List<Teaching> check(Serving serving, TaskId task, List<@Nullable ExampleRow> sent) {
        Task asked = serving.stored(task).task();
        TeachingRows check = new TeachingRows(TeachingRows.Bounds.of(limits));
        List<ExampleUpload.Accepted> accepted = new ArrayList<>();
        List<ExampleUpload.Rejected> rejected = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            ExampleRow row = sent.get(i);
            if (row == null) {
                rejected.add(new ExampleUpload.Rejected(i, "An example must be a JSON object."));
            } else if (check.check(asked, row) instanceof TeachingRows.Checked.Accepted ok) {
                accepted.add(new ExampleUpload.Accepted(i, ok.teaching()));
            } else if (check.check(asked, row) instanceof TeachingRows.Checked.Rejected wrong) {
                rejected.add(new ExampleUpload.Rejected(i, wrong.fault().detail()));
            }
        }
        ExampleUpload upload =
                new ExampleUpload(accepted, rejected).admitting(new LabelBook(serving.labels(task), limits.labels()));
        return accepted(upload, ExampleUpload.Format.JSON);
    }

    private List<Teaching> accepted(ExampleUpload upload, ExampleUpload.Format format) {
        String rows = format == ExampleUpload.Format.JSON ? "/examples/" : "/";
        if (upload.rows() > limits.evaluationRows()) {
            throw new Refusal.TooLarge("evaluation_rows", limits.evaluationRows(), upload.rows());
        }
        if (upload.rows() == 0) {
            throw new Refusal.Invalid("", "has no rows; send at least one");
        }
        if (!upload.rejected().isEmpty()) {
            throw new Refusal.Invalid(upload.rejected().stream()
                    .limit(REPORTED_FAULTS)
                    .map(row -> new Fault(rows + row.index(), row.detail()))
                    .toList());
        }
        refuseSources(upload, rows);
        return upload.teachings();
    }

    /** Who said what is right is not kept, as nothing is learnt from it. */
    private static void refuseSources(ExampleUpload upload, String rows) {
        List<Fault> faults = upload.accepted().stream()
                .filter(row -> row.teaching().source().isPresent())
                .limit(REPORTED_FAULTS)
                .map(row -> new Fault(
                        rows + row.index() + "/source", "is not kept with rows that only measure; leave it out"))
                .toList();
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
    }
}
