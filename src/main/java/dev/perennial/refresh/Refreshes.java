// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
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

    /** @param refreshable the member that can be refreshed, if there is one */
    public Refreshes(Jobs jobs, Members members, Optional<Refreshable> refreshable) {
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
        Refreshable known = refreshable
                .filter(one -> one.id().equals(member))
                .orElseThrow(() -> new Refusal.Conflict(
                        "Only the static member inside the service can be refreshed; this one never changes."));
        switch (order.aim()) {
            case LEARN -> known.refresher().requireEvidence();
            case GO_BACK -> requireRefreshed(known);
        }
        Jobs.Order job = new Jobs.Order(RefreshJob.KIND, member, order.toBytes(), 1, "steps");
        return jobs.acceptAlone(job, reply);
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
