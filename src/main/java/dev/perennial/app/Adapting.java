// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.adapt.GroupAdapter;
import dev.perennial.adapt.TaskGroups;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.learn.Adaptation;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.learn.Examiner;
import dev.perennial.learn.TaskMembers;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.AdaptationJob;
import dev.perennial.refresh.AdapterShelf.Kept;
import dev.perennial.refresh.JobGate;
import dev.perennial.refresh.LabelledExamples;
import dev.perennial.refresh.Members;
import dev.perennial.refresh.MergeObserver;
import dev.perennial.refresh.Refreshes.Adaptable;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.RevisionStore;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * What adaptations of encoders are made of.
 *
 * @param trainer adapts encoders
 * @param shelf keeps what was adapted
 * @param members has tasks answered by it
 * @param memoryBytes most memory that a training may take
 */
record Adapting(EncoderTrainer trainer, AdapterFiles shelf, TaskMembers members, long memoryBytes) {
    private static final Logger LOG = Logger.getLogger(Adapting.class);

    static Adapting of(
            Platform platform,
            Encoders encoders,
            RevisionStore revisions,
            PerennialConfig.AdaptationOfEncoders config) {
        EncoderTrainer trainer = platform.opened().trainer();
        AdapterFiles shelf = new AdapterFiles(platform.directory().adapters(), platform.kept(), trainer::retain);
        shelf.sweep();
        PastAdapters past = new PastAdapters(shelf, trainer, encoders);
        TaskMembers members = new TaskMembers(encoders, shelf, past, revisions);
        return new Adapting(trainer, shelf, members, config.memoryBytes());
    }

    /** Has tasks answered as before the start; what cannot be opened is noted, and what ships answers. */
    void restore() {
        for (Kept kept : shelf.kept()) {
            Optional<Encoder> base = members.base(kept.member(), kept.base());
            try {
                base.ifPresent(encoder ->
                        members.restore(AdaptationJob.adaptation(kept, trainer.open(encoder, kept.adapter()))));
            } catch (Refusal refused) {
                LOG.warnf("Member %s as it was adapted cannot serve: %s", kept.member(), refused.getMessage());
            }
        }
    }

    /** What serves of what is kept. */
    List<GroupAdapter> of(List<TaskId> tasks) {
        return shelf.kept().stream()
                .filter(kept -> kept.tasks().stream().anyMatch(tasks::contains))
                .flatMap(kept -> members.find(kept.id()).map(serving -> adapter(kept, serving)).stream())
                .toList();
    }

    private static GroupAdapter adapter(Kept kept, Adaptation serving) {
        return new GroupAdapter(
                kept.member(),
                serving.encoder().info().digest(),
                kept.tasks(),
                kept.strategy(),
                kept.parameters(),
                kept.createdAt(),
                kept.report(),
                kept.merge());
    }

    /** What learns and judges, tells which tasks may share, is told of merges, and decides what may serve. */
    record Learning(
            TaskStore store,
            Examiner examiner,
            Teacher teacher,
            TaskGroups groups,
            MergeObserver observer,
            JobGate gate) {}

    /** Deletes what was trained for jobs that are no more, or that another process does now. */
    void endAllBut(Set<String> jobs) {
        trainer.endAllBut(jobs);
    }

    AdaptationJob work(Learning learning, Members encoders, InstantSource clock) {
        AdaptationJob.Tools tools = new AdaptationJob.Tools(
                trainer,
                learning.examiner(),
                learning.teacher(),
                new LabelledExamples(learning.store()),
                shelf,
                learning.groups()::groupOf,
                learning.observer(),
                memoryBytes,
                learning.gate());
        return new AdaptationJob(tools, encoders, clock);
    }

    Adaptable adaptable(TaskStore store) {
        return new Adaptable(trainer, new LabelledExamples(store), shelf);
    }
}
