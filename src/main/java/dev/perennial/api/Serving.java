// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.adapt.TaskGroups;
import dev.perennial.document.Library;
import dev.perennial.drift.DriftMonitor;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.InstructionRouter;
import dev.perennial.ensemble.Predictor;
import dev.perennial.ensemble.TextRouter;
import dev.perennial.ensemble.VectorModels;
import dev.perennial.evaluate.Evaluations;
import dev.perennial.feedback.FeedbackListener;
import dev.perennial.feedback.Hindsight;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.Exchange;
import dev.perennial.refresh.GraphKeeper;
import dev.perennial.refresh.Jobs;
import dev.perennial.refresh.MemberRegistry;
import dev.perennial.refresh.Members;
import dev.perennial.refresh.Refreshes;
import dev.perennial.refresh.Uploads;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Apprentices;
import dev.perennial.shadow.Rounds;
import dev.perennial.shadow.Shadows;
import dev.perennial.task.AuditLog;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that serves requests once the service has started.
 *
 * @param store the truth
 * @param jobs long work
 * @param encoders the encoders that are ready
 * @param active the serving ensembles
 * @param predictor answers
 * @param router finds the task of an instruction
 * @param textRouter finds the task that a text is about
 * @param teacher changes tasks
 * @param vectors vectors and similarities of texts
 * @param members the encoders and how they are
 * @param registry takes encoders up
 * @param refreshes makes members learn anew
 * @param graphs changes of knowledge graphs
 * @param graphKeeper the knowledge graphs that serve
 * @param uploads files that wait for a job
 * @param library the background documents
 * @param taskGroups which tasks may share adapters
 * @param evaluations measures how well tasks answer
 * @param drift whether answers are still what they were
 * @param hindsight what is known of answers afterwards
 * @param audit what was changed, when and by whom
 * @param exchange what takes tasks from one service to another
 * @param rounds looks after candidates beside what serves, and after tasks that answer silently
 * @param memory the latest answers
 */
public record Serving(
        TaskStore store,
        Jobs jobs,
        Encoders encoders,
        ActiveEnsembles active,
        Predictor predictor,
        InstructionRouter router,
        TextRouter textRouter,
        Teacher teacher,
        VectorModels vectors,
        Members members,
        MemberRegistry registry,
        Refreshes refreshes,
        Graphs graphs,
        GraphKeeper graphKeeper,
        Uploads uploads,
        Library library,
        TaskGroups taskGroups,
        Evaluations evaluations,
        DriftMonitor drift,
        Hindsight hindsight,
        AuditLog audit,
        Exchange exchange,
        Rounds rounds,
        PredictionMemory memory) {

    /** Told of feedback. */
    FeedbackListener feedback() {
        return rounds;
    }

    /** Candidates that answer beside what serves. */
    Shadows shadows() {
        return rounds.shadows();
    }

    /** Tasks that answer silently. */
    Apprentices apprentices() {
        return rounds.apprentices();
    }

    /** A task as it is stored, served or not: a change of one that could not be learnt tries again. */
    public StoredTask stored(TaskId id) {
        return store.task(id).orElseThrow(() -> new Refusal.NotFound("task", id.value()));
    }

    /**
     * A graph that serves.
     *
     * @throws Refusal.NotFound when there is no such graph
     * @throws Refusal.NotReady when it has not been read yet, or cannot be
     */
    LiveGraph live(GraphId id) {
        Optional<LiveGraph> live = graphKeeper.live(id);
        if (live.isEmpty() && graphs.store().graph(id).isPresent()) {
            throw new Refusal.NotReady("The graph is being read, or could not be; the log of the service says why.", 1);
        }
        return live.orElseThrow(() -> new Refusal.NotFound("graph", id.value()));
    }

    /** Names of all labels that a task can answer; none while it is not served. */
    public List<String> labels(TaskId id) {
        return active.find(id).map(Ensemble::labels).orElse(List.of());
    }

    /** In which numbers each member multiplies for a task, by its id; none while the task is not served. */
    Map<String, String> precisions(TaskId id) {
        Map<String, String> precisionByMember = new LinkedHashMap<>();
        active.find(id).map(Ensemble::members).orElse(List.of()).stream()
                .map(Encoder::info)
                .filter(info -> info.reading() != EncoderInfo.Reading.KNOWLEDGE)
                .forEach(info -> precisionByMember.put(info.id(), info.precision()));
        return precisionByMember;
    }
}
