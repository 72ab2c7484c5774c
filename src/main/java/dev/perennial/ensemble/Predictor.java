// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.InputEncoding;
import dev.perennial.encode.ReadingObserver;
import dev.perennial.knowledge.LinkedEntity;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.member.View;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The walk of a prediction: the active ensemble names the members of a stage, the encoders give their vectors, the
 * ensemble answers, and what it is not sure enough of goes on to the next stage. Nothing on it touches the store. Safe
 * for concurrent use.
 */
public final class Predictor {
    private static final System.Logger LOG = System.getLogger(Predictor.class.getName());

    private final ActiveEnsembles active;
    private final Encoders encoders;
    private final LiveGraphs graphs;
    private final PredictionObserver observer;
    private final ReadingObserver readings;
    private final Optional<CascadeAudit> audit;

    public Predictor(ActiveEnsembles active, Encoders encoders) {
        this(active, encoders, new LiveGraphs(), PredictionObserver.NONE, ReadingObserver.NONE, Optional.empty());
    }

    /**
     * @param graphs what explanations name entities of
     * @param observer told how long each request took, and what was answered
     * @param readings told of what the encoders have read
     * @param audit told what stages before the last have answered
     */
    public Predictor(
            ActiveEnsembles active,
            Encoders encoders,
            LiveGraphs graphs,
            PredictionObserver observer,
            ReadingObserver readings,
            Optional<CascadeAudit> audit) {
        this.active = active;
        this.encoders = encoders;
        this.graphs = graphs;
        this.observer = observer;
        this.readings = readings;
        this.audit = audit;
    }

    /**
     * Answers the inputs by the task's serving ensemble.
     *
     * @throws Refusal.NotFound when there is no such task
     * @throws Refusal.Invalid when an input is not of the kind that the task asks about
     * @throws Refusal.Saturated when the encoders have too much to do, or the time of whoever asks is over
     */
    public Predictions predict(TaskId id, PredictionRequest request) {
        return predict(active.of(id), request);
    }

    /** Answers the inputs by an ensemble that need not be a serving one. */
    public Predictions predict(Ensemble ensemble, PredictionRequest request) {
        return predict(List.of(ensemble), request).get(0);
    }

    /** The same as {@link #predict(TaskId, PredictionRequest)} for what nobody has asked. */
    public Predictions predictUnasked(TaskId id, PredictionRequest request) {
        return walk(List.of(active.of(id)), request).get(0).predictions();
    }

    /**
     * Answers the inputs by each ensemble, in their order. What a member has read for one of them it need not read for
     * another.
     *
     * @throws Refusal.Invalid when an input is not of the kind that a task asks about
     * @throws Refusal.Saturated when the encoders have too much to do, or the time of whoever asks is over
     */
    public List<Predictions> predict(List<Ensemble> ensembles, PredictionRequest request) {
        List<Answered> answers = walk(ensembles, request);
        answers.forEach(answered -> observer.gave(answered.by(), answered.given(request)));
        return answers.stream().map(Answered::predictions).toList();
    }

    private List<Answered> walk(List<Ensemble> ensembles, PredictionRequest request) {
        ensembles.forEach(ensemble -> requireKind(ensemble.task(), request.inputs()));
        Walk walk = new Walk(request, graphs.all(), new Encodings(encoders.pool(), readings, request.inputs()));
        List<Answered> answers = ensembles.stream().map(walk::answered).toList();
        observer.answered(walk.embedding, walk.combining);
        audit.ifPresent(told -> answers.forEach(answered -> tell(told, request, answered)));
        return answers;
    }

    /** Answers and who gave them: the ensemble that was asked, or what is left of it where a graph has failed. */
    private record Answered(Ensemble by, Predictions predictions) {

        List<PredictionObserver.Given> given(PredictionRequest request) {
            return IntStream.range(0, request.inputs().size())
                    .mapToObj(i -> new PredictionObserver.Given(
                            request.inputs().get(i), predictions.predictions().get(i), predictions.vector(i)))
                    .toList();
        }
    }

    private static void tell(CascadeAudit audit, PredictionRequest request, Answered answered) {
        List<Prediction> predictions = answered.predictions().predictions();
        for (int i = 0; i < predictions.size() && request.mode() == Mode.AUTO; i++) {
            if (answered.by().isBeforeTheLast(predictions.get(i))) {
                audit.stopped(answered.by(), request.inputs().get(i), predictions.get(i));
            }
        }
    }

    /** Ends what goes on in the background; answers go on. */
    public void stopAudit() {
        audit.ifPresent(CascadeAudit::close);
    }

    /** One request on its way through the stages of ensembles. */
    private static final class Walk {
        private final PredictionRequest request;
        private final List<LiveGraph> graphs;
        private final Encodings encodings;
        private long embedding;
        private long combining;

        private Walk(PredictionRequest request, List<LiveGraph> graphs, Encodings encodings) {
            this.request = request;
            this.graphs = graphs;
            this.encodings = encodings;
        }

        private Answered answered(Ensemble ensemble) {
            Prediction[] predictions = new Prediction[request.inputs().size()];
            Said[] said = new Said[predictions.length];
            Arrays.setAll(said, i -> new Said());
            List<Integer> open = IntStream.range(0, predictions.length).boxed().toList();
            for (int stage = 0; !open.isEmpty(); stage++) {
                List<Integer> unsure = new ArrayList<>();
                List<Asked> asked = read(ensemble, stage, open, said);
                if (asked.isEmpty()) {
                    return answered(ensemble.without(encodings::hasFailed));
                }
                long began = System.nanoTime();
                for (int at = 0; at < open.size(); at++) {
                    encodings.requireWanted();
                    int i = open.get(at);
                    ensemble.predict(stage, asked.get(at), request)
                            .ifPresentOrElse(
                                    prediction -> predictions[i] = explained(ensemble, i, prediction),
                                    () -> unsure.add(i));
                }
                combining += System.nanoTime() - began;
                open = unsure;
            }
            List<float[]> vectors = IntStream.range(0, predictions.length)
                    .mapToObj(i -> encodings.first(ensemble.members(), i))
                    .toList();
            String reader = ensemble.members().isEmpty()
                    ? ""
                    : ensemble.members().get(0).info().digest();
            return new Answered(
                    ensemble, new Predictions(ensemble.answerRevision(), List.of(predictions), reader, vectors));
        }

        private Prediction explained(Ensemble ensemble, int position, Prediction prediction) {
            return prediction.explanation().isEmpty() || graphs.isEmpty()
                    ? prediction
                    : prediction.naming(links(ensemble, request.inputs().get(position), prediction));
        }

        /** What graphs read in an input; of weight 0 where the answer does not listen to the graph. */
        private List<LinkedEntity> links(Ensemble ensemble, Input input, Prediction prediction) {
            List<LinkedEntity> links = new ArrayList<>();
            for (LiveGraph graph : graphs) {
                boolean isHeard = prediction.membersUsed().contains(graph.info().id());
                for (LinkedEntity link : links(isHeard ? heard(ensemble, graph) : graph, input)) {
                    links.add(isHeard ? link : link.unheard());
                }
            }
            return links;
        }

        /** The state of the graph that the answer was given with. */
        private static LinkingEncoder heard(Ensemble ensemble, LiveGraph graph) {
            return ensemble.members().stream()
                    .filter(member -> member.info().id().equals(graph.info().id()))
                    .filter(LinkingEncoder.class::isInstance)
                    .map(LinkingEncoder.class::cast)
                    .findFirst()
                    .orElse(graph);
        }

        private static List<LinkedEntity> links(LinkingEncoder graph, Input input) {
            try {
                return Encodings.texts(input).stream()
                        .flatMap(text -> graph.links(text).stream())
                        .toList();
            } catch (RuntimeException failure) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "An answer is explained without {0}, which cannot read the input: {1}",
                        graph.info().id(),
                        failure.getClass().getName());
                return List.of();
            }
        }

        /** What is read; nothing when a graph cannot read it. */
        private List<Asked> read(Ensemble ensemble, int stage, List<Integer> open, Said[] said) {
            View read = ensemble.stages(request.mode()).get(stage).members();
            long began = System.nanoTime();
            encodings.require(ensemble.members(), read, open);
            embedding += System.nanoTime() - began;
            if (ensemble.members().stream().anyMatch(encodings::hasFailed)) {
                return List.of();
            }
            return open.stream()
                    .map(i -> new Asked(request.inputs().get(i), encodings.of(ensemble.members(), read, i), said[i]))
                    .toList();
        }
    }

    /** The vectors of inputs of one kind, by the encoders given. */
    public List<Encoded> encode(List<Encoder> members, List<Input> inputs) {
        return encode(encoders, members, inputs);
    }

    /** The vectors of inputs of one kind, by the encoders given. */
    public static List<Encoded> encode(Encoders encoders, List<Encoder> members, List<Input> inputs) {
        if (inputs.isEmpty()) {
            return List.of();
        }
        boolean pair = inputs.get(0).kind() == InputKind.PAIR;
        return InputEncoding.assemble(encoders.pool().encode(members, Encodings.passages(inputs)), pair);
    }

    /**
     * Why a task cannot be asked about an input, if it cannot.
     *
     * @param pointer of the input
     */
    public static Optional<Fault> kindFault(Task task, Input input, String pointer) {
        if (input.kind() == task.input()) {
            return Optional.empty();
        }
        String detail = task.input() == InputKind.PAIR
                ? "this task asks about pairs: send text and text_pair"
                : "this task asks about single texts: leave text_pair out";
        return Optional.of(new Fault(pointer + "/text_pair", detail));
    }

    private static void requireKind(Task task, List<Input> inputs) {
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            kindFault(task, inputs.get(i), "/inputs/" + i).ifPresent(faults::add);
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
    }
}
