// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.util.function.BiConsumer;

/**
 * Removes a static member that was distilled here: later starts do not find it, and every task learns without it. Begun
 * again after a stop, it goes on. Thread-safe.
 */
public final class MemberRemovalJob implements JobWork {
    public static final String KIND = "member-removal";

    private static final int STEPS = 2;

    private final MemberRegistry registry;
    private final Members members;
    private final BiConsumer<String, Runnable> dismiss;

    /** @param dismiss has a member of this id serve in no task and tells of each, as {@code learn.Teacher} does */
    public MemberRemovalJob(MemberRegistry registry, Members members, BiConsumer<String, Runnable> dismiss) {
        this.registry = registry;
        this.members = members;
        this.dismiss = dismiss;
    }

    /** What to hand to {@link Jobs#acceptAlone} for a member. */
    public static Jobs.Order order(String member) {
        return new Jobs.Order(KIND, member, new byte[0], STEPS, "steps");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        progress.report(0, STEPS, "removing its files");
        registry.remove(job.subject());
        progress.report(1, STEPS, "learning every task without it");
        dismiss.accept(job.subject(), () -> {
            boolean unused = progress.mayGoOn();
        });
        members.dismiss(job.subject());
        progress.report(STEPS, STEPS, "removed");
        return new Outcome(new JsonText().put("removed", job.subject()).toString(), true);
    }
}
