// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.refresh.RefreshJob.Refreshable;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import java.util.Optional;
import java.util.function.Function;

/** Accepts refreshes of members. Thread-safe. */
public final class Refreshes {
    private final Jobs jobs;
    private final Members members;
    private final Optional<Refreshable> refreshable;
    private final Optional<Adaptable> adaptable;

    /** What tells whether an encoder can be adapted, and to which examples. */
    public record Adaptable(EncoderTrainer trainer, LabelledExamples examples, AdapterShelf shelf) {}

    /**
     * @param refreshable the member that can be refreshed, if there is one
     * @param adaptable how encoders are adapted, if they are
     */
    public Refreshes(Jobs jobs, Members members, Optional<Refreshable> refreshable, Optional<Adaptable> adaptable) {
        this.adaptable = adaptable;
        this.jobs = jobs;
        this.members = members;
        this.refreshable = refreshable;
    }

    /**
     * Accepts a refresh as a job.
     *
     * @param reply what to keep for an idempotent request, given the job
     * @throws Refusal.NotFound when there is no such member
     * @throws Refusal.Conflict when it cannot be refreshed, or not now; the detail says why
     */
    public Job accept(String member, RefreshOrder order, Function<Job, Optional<Idempotency.Entry>> reply) {
        if (members.find(member).isEmpty()) {
            throw new Refusal.NotFound("member", member);
        }
        Optional<Refreshable> table = refreshable.filter(one -> one.id().equals(member));
        return table.isPresent() ? acceptTable(table.get(), order, reply) : acceptEncoder(member, order, reply);
    }

    private Job acceptTable(Refreshable known, RefreshOrder order, Function<Job, Optional<Idempotency.Entry>> reply) {
        if (!order.strategy().equals(RefreshOrder.AUTO)) {
            throw new Refusal.Invalid("/strategy", "must be auto: there is one way to learn the static table");
        }
        if (!order.objective().equals(RefreshOrder.AUTO)) {
            throw new Refusal.Invalid("/objective", "must be auto: there is one way to learn the static table");
        }
        if (!order.texts().isEmpty()) {
            throw new Refusal.Invalid("/texts", "must be left out: the static table learns from sampled questions");
        }
        switch (order.aim()) {
            case LEARN -> known.refresher().requireEvidence();
            case GO_BACK -> requireRefreshed(known);
        }
        Jobs.Order job = new Jobs.Order(RefreshJob.KIND, known.id(), order.toBytes(), 1, "steps");
        return jobs.acceptAlone(job, reply);
    }

    private Job acceptEncoder(String member, RefreshOrder order, Function<Job, Optional<Idempotency.Entry>> reply) {
        Optional<Encoder> encoder = members.encoder(member);
        Adaptable how = adaptable
                .filter(one -> encoder.filter(one.trainer()::canAdapt).isPresent())
                .orElseThrow(
                        () -> new Refusal.Conflict("Transformers in single precision can be adapted, and the static"
                                + " member inside the service can be refreshed; this member never changes."));
        switch (order.aim()) {
            case LEARN -> {
                if (order.tasks().isEmpty()) {
                    throw new Refusal.Invalid("/tasks", "must name the tasks that an encoder is adapted to");
                }
                AdaptationRun.objective(order, how.examples().of(order.tasks()));
            }
            case GO_BACK -> {
                if (how.shelf().kept().stream().noneMatch(kept -> kept.member().equals(member))) {
                    throw new Refusal.Conflict(
                            "The member serves every task as it ships; there is nothing to go back" + " from.");
                }
            }
        }
        return jobs.acceptAlone(new Jobs.Order(AdaptationJob.KIND, member, order.toBytes(), 1, "steps"), reply);
    }

    private void requireRefreshed(Refreshable known) {
        String built = known.shelf().built().info().digest();
        if (members.encoder(known.id())
                .map(Encoder::info)
                .map(EncoderInfo::digest)
                .equals(Optional.of(built))) {
            throw new Refusal.Conflict("The member serves as it was built; there is nothing to go back from.");
        }
    }
}
