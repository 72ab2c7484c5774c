// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.evaluate.GateStore;
import dev.perennial.evaluate.Suite;
import dev.perennial.evaluate.SuiteStore;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.ExportFormat.Exported;
import dev.perennial.refresh.ExportFormat.Listed;
import dev.perennial.refresh.ExportFormat.NeededMember;
import dev.perennial.refresh.ExportFormat.NotIncluded;
import dev.perennial.refresh.Exports.Export;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.RevisionStore;
import dev.perennial.shadow.Apprenticeship;
import dev.perennial.shadow.ApprenticeshipStore;
import dev.perennial.task.Example;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SetApart;
import dev.perennial.task.SourceName;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.TaskSettings.Apprentice;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes tasks into one file by which another service gives the same answers. Thread-safe. Work that is begun again
 * begins a new file.
 *
 * <p>The payload is the tasks' ids, one a line.
 */
public final class ExportJob implements JobWork {
    public static final String KIND = "export";

    private static final int ATTEMPTS = 5;

    /** In the order in which equal examples are written in every service. */
    private static final Comparator<Example> ORDER = Comparator.comparing(Example::key)
            .thenComparing(example -> example.teaching().externalId().orElse(""))
            .thenComparing(example ->
                    example.teaching().source().map(SourceName::value).orElse(""));

    /**
     * What an export is made of.
     *
     * @param teacher keeps a task from being changed while it is read
     * @param active tells who answers it
     * @param encoders those that were not adapted
     * @param suites what tasks are measured with
     * @param settings what guards and watches them
     */
    public record Tools(
            TaskStore store,
            Teacher teacher,
            ActiveEnsembles active,
            Encoders encoders,
            ExportFormat format,
            ExportKeeper keeper,
            SuiteStore suites,
            Settings settings) {}

    /**
     * Where it is kept what guards and watches tasks.
     *
     * @param gates bounds of their gates
     * @param apprenticeships of those that answer silently
     * @param keepsTexts whether texts that a task is asked are kept
     */
    public record Settings(GateStore gates, ApprenticeshipStore apprenticeships, Predicate<TaskId> keepsTexts) {
        TaskSettings of(TaskId task) {
            Map<String, Double> bounds = new HashMap<>();
            gates.bounds(task).own().forEach((bound, value) -> bounds.put(bound.key(), value));
            Optional<Apprentice> apprentice = apprenticeships
                    .find(task)
                    .filter(Apprenticeship::isRunning)
                    .map(Apprenticeship::bar)
                    .map(bar -> new Apprentice(bar.accuracy(), bar.answers(), bar.gate()));
            return new TaskSettings(bounds, keepsTexts.test(task), apprentice);
        }
    }

    private final Tools tools;

    public ExportJob(Tools tools) {
        this.tools = tools;
    }

    /** What to hand to {@link Jobs#accept}. */
    public static Jobs.Order order(List<TaskId> tasks) {
        String ids = tasks.stream().map(TaskId::value).collect(Collectors.joining("\n"));
        String subject = tasks.size() == 1 ? tasks.get(0).value() : tasks.size() + " tasks";
        return new Jobs.Order(KIND, subject, ids.getBytes(StandardCharsets.UTF_8), tasks.size(), "tasks");
    }

    /** The tasks of a payload, in the order of their ids. */
    public static List<TaskId> tasks(byte[] payload) {
        return new String(payload, StandardCharsets.UTF_8)
                .lines()
                .map(TaskId::new)
                .sorted(Comparator.comparing(TaskId::value))
                .toList();
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome work(Job job, byte[] payload, JobProgress progress) {
        List<TaskId> tasks = tasks(payload);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Listed> written = new ArrayList<>();
            try {
                Optional<Export> made =
                        tools.keeper().make(tasks, out -> tools.format().write(reading(tasks, written, progress), out));
                if (made.isPresent()) {
                    return new Outcome(result(made.get(), written), true);
                }
            } catch (Cancelled cancelled) {
                return new Outcome("{}", false);
            }
        }
        throw new Refusal.Conflict("Examples of these tasks were being erased all the time; export them again.");
    }

    private Iterator<Exported> reading(List<TaskId> tasks, List<Listed> written, JobProgress progress) {
        Iterator<TaskId> ids = tasks.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return ids.hasNext();
            }

            @Override
            public Exported next() {
                if (!progress.mayGoOn()) {
                    throw new Cancelled();
                }
                Exported next = read(ids.next());
                written.add(next.manifest());
                progress.report(written.size(), tasks.size(), "writing");
                return next;
            }
        };
    }

    /** A task as it is at one moment. */
    private Exported read(TaskId id) {
        return tools.teacher().alone(id, () -> {
            StoredTask stored = tools.store().task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
            Ensemble ensemble = tools.active()
                    .find(id)
                    .orElseThrow(() -> new Refusal.NotReady(
                            "The task '" + id + "' does not answer yet, so that nobody can say who answers it.", 1));
            List<Example> examples = tools.store().examples(id).stream()
                    .sorted(order(stored.task()))
                    .toList();
            List<Teaching> teachings = examples.stream().map(Example::teaching).toList();
            List<Teaching> suite = tools.suites().rows(id, 0, Integer.MAX_VALUE).stream()
                    .map(Suite.Row::teaching)
                    .toList();
            ExportFormat.Packed content = new ExportFormat.Packed(
                    stored.task(),
                    teachings,
                    suite,
                    names(id, ensemble.answerRevision()),
                    apart(stored.task(), examples),
                    tools.settings().of(id));
            return new Exported(content, listed(id, teachings.size(), ensemble.members()));
        });
    }

    /** What a task that drifts answers depends on the order of teaching. */
    private static Comparator<Example> order(Task task) {
        return task.policy().learning().drifts() ? Comparator.comparing(Example::id) : ORDER;
    }

    /** Each has its place among those that are learnt from, which is the end where the order of teaching is nothing. */
    private List<SetApart> apart(Task task, List<Example> learntFrom) {
        boolean isOrdered = task.policy().learning().drifts();
        Comparator<Example> order = order(task);
        return tools.store().quarantined(task.id(), "", Integer.MAX_VALUE).stream()
                .sorted((one, other) -> order.compare(one.example(), other.example()))
                .map(apart -> new SetApart(
                        apart.example().teaching(),
                        apart.reason(),
                        isOrdered ? before(apart.example(), learntFrom) : learntFrom.size()))
                .toList();
    }

    /** How many were taught before it, of examples in the order of teaching, none of which it is. */
    private static int before(Example example, List<Example> inOrder) {
        return -1 - Collections.binarySearch(inOrder, example, Comparator.comparing(Example::id));
    }

    /** What clients call what answers; other names are of revisions that stay behind. */
    private List<String> names(TaskId id, RevisionId answering) {
        return tools.teacher().revisions().store().aliases(id).entrySet().stream()
                .filter(named -> named.getValue().equals(answering))
                .map(Map.Entry::getKey)
                .filter(name -> !name.equals(RevisionStore.SERVING) && !name.equals(RevisionStore.CANDIDATE))
                .sorted()
                .toList();
    }

    private Listed listed(TaskId id, long examples, List<Encoder> members) {
        List<NeededMember> needed = new ArrayList<>();
        List<NotIncluded> notIncluded = new ArrayList<>();
        for (Encoder member : members) {
            EncoderInfo info = member.info();
            if (info.reading() == EncoderInfo.Reading.KNOWLEDGE) {
                notIncluded.add(new NotIncluded("graph", info.id()));
            } else if (isAsItShips(info)) {
                needed.add(new NeededMember(info.id(), info.digest()));
            } else {
                notIncluded.add(new NotIncluded("adaptation", info.id()));
                tools.encoders()
                        .find(info.id())
                        .ifPresent(base -> needed.add(
                                new NeededMember(info.id(), base.info().digest())));
            }
        }
        needed.sort(Comparator.comparing(NeededMember::id));
        notIncluded.sort(Comparator.comparing(NotIncluded::kind).thenComparing(NotIncluded::id));
        return new Listed(id, examples, needed, notIncluded);
    }

    private boolean isAsItShips(EncoderInfo info) {
        return digests(tools.encoders().find(info.id()).stream()).anyMatch(info.digest()::equals);
    }

    /** The digests of encoders, rounded or not. */
    static Stream<String> digests(Stream<Encoder> encoders) {
        return encoders.flatMap(encoder -> Stream.concat(Stream.of(encoder), encoder.rounded().stream()))
                .map(encoder -> encoder.info().digest());
    }

    private String result(Export export, List<Listed> written) {
        return new JsonText()
                .put("export", export.id())
                .put("path", "/v1/exports/" + export.id())
                .put("bytes", tools.keeper().size(export))
                .put("expires_at", tools.keeper().end(export).toString())
                .putAll("tasks", written, ExportJob::json)
                .toString();
    }

    private static String json(Listed task) {
        return new JsonText()
                .put("task", task.task().value())
                .put("examples", task.examples())
                .putAll("not_included", task.notIncluded(), NotIncluded::toJson)
                .toString();
    }

    /** Leaves a file that is not wanted any longer. Never leaves this class. */
    private static final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cancelled() {
            super("cancelled", null, false, false);
        }
    }
}
