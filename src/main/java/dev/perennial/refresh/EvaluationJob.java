// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.evaluate.Evaluations;
import dev.perennial.task.TaskId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Evaluates a task on many rows. Thread-safe.
 *
 * <p>Bytes of an order: whether to stress and whether the rows are there (else the suite is asked), the seed, and the
 * rows as a {@link TeachingPayload}.
 */
public final class EvaluationJob implements JobWork {
    public static final String KIND = "evaluation";

    private static final String REPORT_ID = "eval_";
    private static final String JOB_ID = "job_";
    private static final int HEADER = 2 + Long.BYTES;

    private final Evaluations evaluations;

    public EvaluationJob(Evaluations evaluations) {
        this.evaluations = evaluations;
    }

    /**
     * What to hand to {@link Jobs#accept}.
     *
     * @param rows how many there are
     */
    public static Jobs.Order order(Evaluations.Order order, long rows) {
        byte[] body = order.rows()
                .map(teachings -> new TeachingPayload(teachings, List.of(), 0).toBytes())
                .orElse(new byte[0]);
        byte[] payload = ByteBuffer.allocate(HEADER + body.length)
                .put((byte) (order.stress() ? 1 : 0))
                .put((byte) (order.rows().isPresent() ? 1 : 0))
                .putLong(order.seed())
                .put(body)
                .array();
        return new Jobs.Order(KIND, order.task().value(), payload, rows, "rows");
    }

    /** Reads what {@link #order} wrote. */
    static Evaluations.Order read(TaskId task, byte[] payload) {
        ByteBuffer header = ByteBuffer.wrap(payload);
        boolean stress = header.get() != 0;
        boolean sent = header.get() != 0;
        long seed = header.getLong();
        byte[] body = Arrays.copyOfRange(payload, HEADER, payload.length);
        return new Evaluations.Order(
                task, sent ? Optional.of(TeachingPayload.of(body).teachings()) : Optional.empty(), stress, seed);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        String id = REPORT_ID + job.id().substring(JOB_ID.length());
        try {
            String report = evaluations.evaluate(id, read(new TaskId(job.subject()), payload), (done, total) -> {
                progress.report(done, total, "reading");
                if (!progress.mayGoOn()) {
                    throw new Cancelled();
                }
            });
            return new Outcome(report, true);
        } catch (Cancelled cancelled) {
            return new Outcome("{}", false);
        }
    }

    /** Leaves an evaluation that nobody wants any more. Never leaves this class. */
    private static final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cancelled() {
            super(null, null, false, false);
        }
    }
}
