// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.math.Conformal;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.Features;
import dev.perennial.member.Head;
import dev.perennial.member.View;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Everything that decides a task's answers, at one revision. Immutable and safe for concurrent use; predicting has no
 * side effect.
 */
public final class Ensemble {
    /** Name of the stage that asks every member. */
    public static final String FULL_STAGE = "full";

    private static final String FAST_STAGE = "fast";
    /** How much one taught example of exactly this input outweighs the heads. */
    private static final double MEMORY_STRENGTH = 4;

    /**
     * The ways to answer.
     *
     * @param full every member that reads words in context; of only static ones, all
     * @param firsts the first member alone, the first two, and so on; at least one
     * @param agreement how far these say what the full ensemble says
     */
    public record Voices(Combination full, List<Combination> firsts, Agreement agreement) {
        public Voices {
            firsts = List.copyOf(firsts);
        }
    }

    private final Task task;
    private final RevisionId revision;
    private final RevisionId answerRevision;
    private final List<Encoder> members;
    private final FeatureMap featureMap;
    private final Voices voices;
    private final Recollection recollection;
    private final Cascade cascade;
    private final Map<Mode, List<Stage>> stagesByMode;
    private final KnownDigests digests;

    /**
     * @param task the question
     * @param revision the change that led to this state
     * @param members the encoders, cheapest first
     * @param featureMap their vectors as features, in the same order
     * @param voices the fitted voices
     * @param recollection the taught examples
     */
    public Ensemble(
            Task task,
            RevisionId revision,
            List<Encoder> members,
            FeatureMap featureMap,
            Voices voices,
            Recollection recollection) {
        this.task = task;
        this.revision = revision;
        this.answerRevision = revision;
        this.members = List.copyOf(members);
        this.featureMap = featureMap;
        this.voices = voices;
        this.recollection = recollection;
        this.cascade = Cascade.of(voices.agreement(), task.kind(), task.policy());
        this.stagesByMode = stages();
        this.digests = new KnownDigests();
    }

    /** The same heads and examples under another definition or policy of the task. */
    private Ensemble(Ensemble other, Task task, RevisionId revision) {
        this.task = task;
        this.revision = revision;
        this.answerRevision = revision;
        this.members = other.members;
        this.featureMap = other.featureMap;
        this.voices = other.voices;
        this.recollection = other.recollection;
        this.cascade = Cascade.of(voices.agreement(), task.kind(), task.policy());
        this.stagesByMode = stages();
        this.digests = other.digests;
    }

    /** What was chosen of the other one stays chosen. */
    private Ensemble(Ensemble other, RevisionId revision, RevisionId answerRevision, List<Encoder> members) {
        this.task = other.task;
        this.revision = revision;
        this.answerRevision = answerRevision;
        this.members = List.copyOf(members);
        this.featureMap = other.featureMap;
        this.voices = other.voices;
        this.recollection = other.recollection;
        this.cascade = other.cascade;
        this.stagesByMode = other.stagesByMode;
        this.digests = other.digests;
    }

    private Map<Mode, List<Stage>> stages() {
        Stage full = new Stage(FULL_STAGE, View.contextual(members), voices.full());
        Stage fast = new Stage(FAST_STAGE, View.of(0), voices.firsts().get(0));
        List<Stage> cascading = new ArrayList<>();
        for (int m = 0; m < cascade.links().size() && cascade.isOpen(); m++) {
            String last = members.get(m).info().id();
            cascading.add(new Stage(last, View.firsts(m + 1), voices.firsts().get(m)));
        }
        cascading.add(full);
        return Map.of(Mode.FULL, List.of(full), Mode.FAST, List.of(fast), Mode.AUTO, List.copyOf(cascading));
    }

    public Task task() {
        return task;
    }

    /** The change of the task that was learnt last. */
    public RevisionId revision() {
        return revision;
    }

    /** The revision that answers name: the last change of anything that decides them, such as of a knowledge graph. */
    public RevisionId answerRevision() {
        return answerRevision;
    }

    /** Number of different examples it was learnt from; records of equal content count once. */
    public int examples() {
        return recollection.size();
    }

    /** Some of the examples it was learnt from: a number for each of the first by their keys, ascending. */
    public long[] sampleOfExamples(int most) {
        return recollection.sample(most);
    }

    /** Whether something was taught about exactly this input, so that its answer is memory. */
    public boolean remembers(Input input) {
        return recollection.knows(input);
    }

    /** Names of all labels it can answer, in order; empty for regression. */
    public List<String> labels() {
        return voices.full().labels();
    }

    /** The ways to answer. */
    public Voices voices() {
        return voices;
    }

    /** The voices of the full ensemble and their weights. */
    public List<Part> parts() {
        return voices.full().parts();
    }

    /** The encoders, cheapest first. */
    public List<Encoder> members() {
        return members;
    }

    /** When a stage's answer is given without asking the dearer members. */
    public Cascade cascade() {
        return cascade;
    }

    /** What is gone through in a mode, until one is sure enough; the last one always is. */
    List<Stage> stages(Mode mode) {
        return Objects.requireNonNull(stagesByMode.get(mode));
    }

    /** Whether an answer is of a stage that stands in for the full ensemble. */
    boolean isBeforeTheLast(Prediction prediction) {
        return !prediction.membersUsed().equals(ids(View.contextual(members)));
    }

    private List<String> ids(View read) {
        return members.subList(read.first(), read.end()).stream()
                .filter(member -> !(member instanceof AbsentMember))
                .map(member -> member.info().id())
                .toList();
    }

    /** The same answers under another definition or policy of the task that leaves its examples as they are. */
    public Ensemble with(Task other, RevisionId otherRevision) {
        return new Ensemble(this, other, otherRevision);
    }

    /** The same ensemble, whose answers name another revision. */
    public Ensemble answering(RevisionId named) {
        return new Ensemble(this, revision, named, members);
    }

    /** The same ensemble and answers, of a task whose state is that of another revision. */
    public Ensemble moved(RevisionId latest) {
        return new Ensemble(this, latest, answerRevision, members);
    }

    /** The same heads over members of which each stands for the one in its place. */
    public Ensemble by(UnaryOperator<Encoder> stand) {
        return new Ensemble(
                this, revision, answerRevision, members.stream().map(stand).toList());
    }

    /**
     * The same without some members, which nothing is read by any more: what is left are the voices of the others, each
     * by itself.
     *
     * @param missing never the first member, which reads texts
     */
    public Ensemble without(Predicate<Encoder> missing) {
        List<Integer> gone = new ArrayList<>();
        List<Encoder> rest = new ArrayList<>();
        for (int m = 0; m < members.size(); m++) {
            boolean goes = missing.test(members.get(m));
            rest.add(goes ? new AbsentMember(members.get(m).info()) : members.get(m));
            if (goes) {
                gone.add(m);
            }
        }
        if (gone.contains(0)) {
            throw new IllegalStateException("nothing is left that reads texts");
        }
        Combination fast = voices.firsts().get(0);
        Combination full = voices.full()
                .without(part -> gone.stream().anyMatch(part.view()::includes))
                .orElse(fast);
        Voices others = new Voices(full, List.of(fast), Agreement.NONE);
        Ensemble left = new Ensemble(task, revision, rest, featureMap, others, recollection);
        return left.answering(answerRevision);
    }

    /** Answers one input from the vectors of all members, by the first stage of the mode that is sure enough. */
    public Prediction predict(Input input, Encoded encoded, PredictionRequest request) {
        Asked asked = new Asked(input, encoded, new Said());
        int stage = 0;
        Optional<Prediction> prediction = predict(stage, asked, request);
        while (prediction.isEmpty()) {
            prediction = predict(++stage, asked, request);
        }
        return prediction.get();
    }

    /**
     * Answers one input by a stage; empty when the stage is not sure enough.
     *
     * @param number of the stage in the request's mode
     */
    Optional<Prediction> predict(int number, Asked asked, PredictionRequest request) {
        List<Stage> stages = stages(request.mode());
        Stage stage = stages.get(number);
        Encoded encoded = asked.encoded();
        Features features = featureMap.features(encoded);
        List<double[]> answers = stage.voices().answers(features, prior(encoded, stage.members()), asked.said());
        double[] answer =
                recollection.blend(asked.input(), stage.voices().combined(answers, part -> true), MEMORY_STRENGTH);
        if (number + 1 < stages.size() && !cascade.stops(number, task.kind(), answer)) {
            return Optional.empty();
        }
        Optional<Explanation> explanation = request.explain()
                ? Optional.of(new Explainer(task, stage, members).explain(answers, answer, features, recollection))
                : Optional.empty();
        return Optional.of(prediction(stage, answer, new Extent(request.topK(), encoded.truncated(), explanation)));
    }

    /** What else a prediction says. */
    private record Extent(int topK, boolean truncated, Optional<Explanation> explanation) {}

    private Prediction prediction(Stage stage, double[] answer, Extent extent) {
        Combination said = stage.voices();
        Verdict verdict = Verdict.of(new Verdict.Terms(task, said.labels(), threshold(said), extent.topK()), answer);
        return new Prediction(
                verdict.label(),
                verdict.probability(),
                verdict.labels(),
                verdict.labelSet(),
                verdict.abstained(),
                verdict.score(),
                stage.name(),
                ids(stage.members()),
                extent.truncated(),
                extent.explanation(),
                verdict.odds());
    }

    /**
     * What each voice of the full ensemble says by itself, in the order of {@link #parts}: probabilities of the labels,
     * or a score in [0, 1].
     */
    public List<double[]> answers(Encoded encoded) {
        return voices.full()
                .answers(featureMap.features(encoded), prior(encoded, View.contextual(members)), new Said());
    }

    /**
     * How an input looks to the first member alone.
     *
     * @param features its block
     * @param nearest squared distance to the nearest taught example, 1 on average between unrelated inputs; empty where
     *     nothing was taught
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Glance(float[] features, OptionalDouble nearest) {}

    /**
     * Looks at an input by the first member alone, which need not be in view of any voice.
     *
     * @param vector of the first member
     * @param most compares with so many examples at most, a fair choice of them
     */
    public Glance glance(float[] vector, int most) {
        List<float[]> vectors = new ArrayList<>(Collections.nCopies(members.size(), new float[0]));
        vectors.set(0, vector);
        Features features = featureMap.features(new Encoded(vectors, false));
        return new Glance(features.byMember().get(0), recollection.nearestDistance(View.of(0), features, most));
    }

    /** The member that tells how an input looks beside what was taught: the first that reads words in context. */
    Encoder looker() {
        return members.get(View.contextual(members).first());
    }

    /**
     * Logarithm of the odds that an input is such as was taught.
     *
     * @param vector of {@link #looker}
     * @param background its vectors of inputs that are about nothing in particular
     */
    double resemblance(float[] vector, Supplier<List<float[]>> background) {
        int position = View.contextual(members).first();
        Recollection.Looked by = new Recollection.Looked(looker().info().digest(), position);
        Supplier<List<float[]>> features = () ->
                background.get().stream().map(each -> look(position, each)).toList();
        return recollection.resemblance(by, features).logOdds(look(position, vector));
    }

    /** What the heads would see of an input by one member alone. */
    private float[] look(int position, float[] vector) {
        List<float[]> vectors = new ArrayList<>(Collections.nCopies(members.size(), new float[0]));
        vectors.set(position, vector);
        return featureMap.features(new Encoded(vectors, false)).byMember().get(position);
    }

    /** Which taught examples are near one another. */
    public Neighbourhood neighbourhood() {
        return new Neighbourhood(recollection, View.contextual(members));
    }

    /** Memory of the heads and the examples; that of the members, which all tasks share, is not counted. */
    public long bytes() {
        Set<Head> heads = Collections.newSetFromMap(new IdentityHashMap<>());
        voices.full().parts().forEach(part -> heads.add(part.head()));
        voices.firsts().forEach(first -> first.parts().forEach(part -> heads.add(part.head())));
        return recollection.bytes()
                + heads.stream()
                        .mapToLong(head -> (long) Double.BYTES * head.fitted().data().length)
                        .sum();
    }

    /** SHA-256 in hex over every number of the heads; where an answer stops follows from the same examples. */
    public String headDigest() {
        List<String> read =
                members.stream().map(member -> member.info().digest()).toList();
        return digests.heads(read, () -> {
            EnsembleDigest digest = new EnsembleDigest();
            digest.addHeads(read, voices);
            return digest.hex();
        });
    }

    /**
     * SHA-256 in hex over everything that decides an answer: the question and the policy, the heads, what the cascade
     * is chosen by, and the taught examples. Equal digests mean equal answers.
     */
    public String digest() {
        String heads = headDigest();
        return digests.whole(new KnownDigests.Whole(task, heads), () -> {
            EnsembleDigest digest = new EnsembleDigest();
            digest.add(task);
            digest.add(heads);
            digest.add(voices.agreement());
            recollection.keys().forEach(digest::add);
            return digest.hex();
        });
    }

    private double threshold(Combination said) {
        return Conformal.quantile(said.strangeness(), task.policy().targetCoverage());
    }

    private double prior(Encoded encoded, View read) {
        if (task.kind() != Kind.REGRESSION) {
            return 0;
        }
        return task.input() == InputKind.PAIR ? featureMap.closeness(encoded, read) : Recollection.MIDDLE;
    }
}
