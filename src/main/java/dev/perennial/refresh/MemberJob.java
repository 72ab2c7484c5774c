// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.learn.Admittance;
import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Takes a candidate encoder up: checks it, or distils it from its teacher, keeps it, and learns every task with it.
 * Thread-safe.
 *
 * <p>The payload is what the candidate is made of and, on another line, its path or its teacher's id.
 */
public final class MemberJob implements JobWork {
    public static final String KIND = "member-registration";

    private static final long STEPS = 2;
    private static final long HUNDREDTHS = 100;
    private static final String FOLDER = "FOLDER\n";
    private static final String ARCHIVE = "ARCHIVE\n";
    private static final String TEACHER = "TEACHER\n";

    private final MemberRegistry registry;
    private final Members members;
    private final BiConsumer<Encoder, Admittance> adopt;

    /** @param adopt makes an encoder serve in every task, which nothing but the job's end keeps it from */
    public MemberJob(MemberRegistry registry, Members members, BiConsumer<Encoder, Admittance> adopt) {
        this.registry = registry;
        this.members = members;
        this.adopt = adopt;
    }

    /** What to hand to {@link Jobs#accept} for a candidate. */
    public static Jobs.Order order(MemberSource source) {
        byte[] payload = payload(source).getBytes(StandardCharsets.UTF_8);
        String unit = source instanceof MemberSource.Teacher ? "hundredths" : "steps";
        return new Jobs.Order(KIND, source.id(), payload, steps(source), unit);
    }

    private static long steps(MemberSource source) {
        return source instanceof MemberSource.Teacher ? HUNDREDTHS : STEPS;
    }

    private static String payload(MemberSource source) {
        if (source instanceof MemberSource.Folder folder) {
            return FOLDER + folder.path();
        }
        return source instanceof MemberSource.Archive archive
                ? ARCHIVE + archive.path()
                : TEACHER + ((MemberSource.Teacher) source).teacher();
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

    /** What serves though some task failed to learn with it is what the next start has to find. */
    @Override
    public void giveUp(Job job, byte[] payload) {
        String id = job.subject();
        if (members.encoder(id).isPresent()) {
            registry.confirm(id);
            members.settled(id);
        } else {
            registry.withdraw(id);
            members.find(id)
                    .filter(member -> member.state() == Members.State.LOADING)
                    .ifPresent(member -> members.failed(id, "It was not taken up in time; see the job."));
        }
        registry.discard(source(id, payload));
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        MemberSource source = source(job.subject(), payload);
        members.loading(source);
        try {
            return takeUp(source, progress);
        } catch (JobStopped stopped) {
            throw stopped;
        } catch (Refusal refused) {
            // A check that the end of the process cut off says nothing about the candidate.
            progress.mayGoOn();
            members.failed(source.id(), String.valueOf(refused.getMessage()));
            throw refused;
        } catch (RuntimeException | Error failure) {
            members.failed(source.id(), "The service failed while taking it up; see the job.");
            throw failure;
        }
    }

    private Outcome takeUp(MemberSource source, JobProgress progress) {
        // Work that is begun again may find the encoder open, and some tasks still without it.
        Optional<Encoder> opened = members.encoder(source.id()).or(() -> made(source, progress));
        if (opened.isEmpty()) {
            members.settled(source.id());
            return new Outcome(new JsonText().put("member", source.id()).toString(), false);
        }
        Encoder encoder = opened.get();
        long steps = steps(source);
        progress.report(steps - 1, steps, "learning every task with it");
        try {
            adopt.accept(encoder, new WatchedAdmittance(progress, Admittance.ALWAYS));
        } catch (RuntimeException | Error failure) {
            if (isServing(encoder)) {
                registry.confirm(source.id());
            } else {
                encoder.close();
                withdrawUnlessBusy(source, failure);
            }
            throw failure;
        }
        // Not before it has read every example: the next start would otherwise have to, or stumble over it.
        registry.confirm(source.id());
        registry.discard(source);
        members.settled(source.id());
        progress.report(steps, steps, "serving");
        return new Outcome(result(encoder.info()), true);
    }

    /** Work that found the service busy, or ending, is begun again, and a table takes minutes to be made. */
    private void withdrawUnlessBusy(MemberSource source, Throwable failure) {
        boolean busy = failure instanceof JobStopped
                || failure instanceof Refusal.Saturated
                || failure instanceof Refusal.NotReady
                || failure instanceof Refusal.StoreUnavailable;
        if (!busy) {
            registry.withdraw(source.id());
        }
    }

    private Optional<Encoder> made(MemberSource source, JobProgress progress) {
        if (source instanceof MemberSource.Teacher wish) {
            Encoder teacher = members.encoder(wish.teacher())
                    .orElseThrow(() -> new Refusal.Conflict("The teacher, " + wish.teacher() + ", does not serve."));
            return registry.distil(source.id(), teacher, progress);
        }
        progress.report(0, STEPS, "checking");
        return Optional.of(registry.register(source));
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
        return switch (lines[0] + "\n") {
            case FOLDER -> new MemberSource.Folder(id, Path.of(lines[1]));
            case ARCHIVE -> new MemberSource.Archive(id, Path.of(lines[1]));
            case TEACHER -> new MemberSource.Teacher(id, lines[1]);
            default -> throw new IllegalStateException("a payload of another release");
        };
    }
}
