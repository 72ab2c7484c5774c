// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Takes a candidate encoder up: checks it, keeps it, and learns every task with it. Thread-safe.
 *
 * <p>The payload is the form and the path of the candidate, on one line each.
 */
public final class MemberJob implements JobWork {
    public static final String KIND = "member-registration";

    private static final int STEPS = 2;

    private final MemberRegistry registry;
    private final Members members;
    private final Consumer<Encoder> adopt;

    /** @param adopt makes an encoder serve in every task, as {@code learn.Teacher} does */
    public MemberJob(MemberRegistry registry, Members members, Consumer<Encoder> adopt) {
        this.registry = registry;
        this.members = members;
        this.adopt = adopt;
    }

    /** What to hand to {@link Jobs#accept} for a candidate. */
    public static Jobs.Order order(MemberSource source) {
        byte[] payload = (source.form() + "\n" + source.path()).getBytes(StandardCharsets.UTF_8);
        return new Jobs.Order(KIND, source.id(), payload, STEPS, "steps");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void abandon(Job job, byte[] payload) {
        registry.discard(source(job.subject(), payload));
        members.settled(job.subject());
    }

    @Override
    public void giveUp(Job job, byte[] payload) {
        registry.discard(source(job.subject(), payload));
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        MemberSource source = source(job.subject(), payload);
        members.loading(source.id());
        try {
            return takeUp(source, progress);
        } catch (JobStopped stopped) {
            throw stopped;
        } catch (Refusal refused) {
            // A check that the end of the process cut off says nothing about the candidate.
            progress.mayGoOn();
            members.failed(source.id(), String.valueOf(refused.getMessage()));
            throw refused;
        } catch (RuntimeException failure) {
            members.failed(source.id(), "The service failed while taking it up; see the job.");
            throw failure;
        }
    }

    private Outcome takeUp(MemberSource source, JobProgress progress) {
        progress.report(0, STEPS, "checking");
        // Work that is begun again may find the encoder open, and some tasks still without it.
        Encoder encoder = members.encoder(source.id()).orElseGet(() -> registry.register(source));
        progress.report(1, STEPS, "learning every task with it");
        try {
            adopt.accept(encoder);
        } catch (RuntimeException failure) {
            if (isServing(encoder)) {
                registry.confirm(source.id());
            } else {
                encoder.close();
                registry.withdraw(source.id());
            }
            throw failure;
        }
        // Not before it has read every example: the next start would otherwise have to, or stumble over it.
        registry.confirm(source.id());
        registry.discard(source);
        members.settled(source.id());
        progress.report(STEPS, STEPS, "serving");
        return new Outcome(result(encoder.info()), true);
    }

    private boolean isServing(Encoder encoder) {
        return members.encoder(encoder.info().id()).isPresent();
    }

    private static String result(EncoderInfo info) {
        return new JsonText()
                .put("member", info.id())
                .put("digest", info.digest())
                .put("dimension", info.dimension())
                .toString();
    }

    private static MemberSource source(String id, byte[] payload) {
        String[] lines = new String(payload, StandardCharsets.UTF_8).split("\n", 2);
        return new MemberSource(id, MemberSource.Form.valueOf(lines[0]), Path.of(lines[1]));
    }
}
