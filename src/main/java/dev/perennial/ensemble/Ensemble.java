// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.math.Conformal;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.Features;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Everything that decides a task's answers, at one revision. Immutable and safe for concurrent use; predicting has no
 * side effect.
 */
public final class Ensemble {
    private static final String FULL_STAGE = "full";
    private static final String FAST_STAGE = "fast";
    /** How much one taught example of exactly this input outweighs the heads. */
    private static final double MEMORY_STRENGTH = 4;

    /**
     * The ways to answer.
     *
     * @param all every voice
     * @param cheapest the cheapest member's own voice, calibrated by itself
     */
    public record Voices(Combination all, Combination cheapest) {}

    private final Task task;
    private final RevisionId revision;
    private final List<Encoder> members;
    private final FeatureMap featureMap;
    private final Combination combination;
    private final Combination cheapest;
    private final Recollection recollection;

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
        this.members = List.copyOf(members);
        this.featureMap = featureMap;
        this.combination = voices.all();
        this.cheapest = voices.cheapest();
        this.recollection = recollection;
    }

    public Task task() {
        return task;
    }

    public RevisionId revision() {
        return revision;
    }

    /** Number of different examples it was learnt from; records of equal content count once. */
    public int examples() {
        return recollection.size();
    }

    /** Names of all labels it can answer, in order; empty for regression. */
    public List<String> labels() {
        return combination.labels();
    }

    /** The ways to answer. */
    public Voices voices() {
        return new Voices(combination, cheapest);
    }

    /** The voices and their weights. */
    public List<Part> parts() {
        return combination.parts();
    }

    /** The encoders whose vectors {@link #predict} needs in a mode, in order. */
    public List<Encoder> members(Mode mode) {
        return mode == Mode.FAST ? members.subList(0, 1) : members;
    }

    /** The same answers under another definition or policy of the task that leaves its examples as they are. */
    public Ensemble with(Task other, RevisionId otherRevision) {
        return new Ensemble(other, otherRevision, members, featureMap, new Voices(combination, cheapest), recollection);
    }

    /** Answers one input from its vectors, given in the order of {@link #members}. */
    public Prediction predict(Input input, Encoded encoded, PredictionRequest request) {
        boolean fast = request.mode() == Mode.FAST;
        Combination voices = fast ? cheapest : combination;
        Features features = (fast ? featureMap.only(0) : featureMap).features(encoded);
        double prior = prior(encoded, fast);
        List<double[]> answers = voices.answers(features, prior);
        double[] answer = recollection.blend(input, voices.combined(answers, part -> true), MEMORY_STRENGTH);
        Optional<Explanation> explanation = request.explain()
                ? Optional.of(new Explainer(task, voices, members).explain(answers, answer, features, recollection))
                : Optional.empty();
        List<String> used = members(request.mode()).stream()
                .map(member -> member.info().id())
                .toList();
        Verdict verdict =
                Verdict.of(new Verdict.Terms(task, voices.labels(), threshold(voices), request.topK()), answer);
        return new Prediction(
                verdict.label(),
                verdict.probability(),
                verdict.labels(),
                verdict.labelSet(),
                verdict.abstained(),
                verdict.score(),
                fast ? FAST_STAGE : FULL_STAGE,
                used,
                encoded.truncated(),
                explanation);
    }

    /**
     * What each voice says by itself, in the order of {@link #parts}: probabilities of the labels, or a score in [0,
     * 1].
     */
    public List<double[]> answers(Encoded encoded) {
        return combination.answers(featureMap.features(encoded), prior(encoded, false));
    }

    /** SHA-256 in hex over every number that decides answers. */
    public String headDigest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            members.forEach(member -> digest.update(member.info().digest().getBytes(StandardCharsets.UTF_8)));
            combination.addTo(digest);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private double threshold(Combination voices) {
        return Conformal.quantile(voices.strangeness(), task.policy().targetCoverage());
    }

    private double prior(Encoded encoded, boolean fast) {
        if (task.kind() != Kind.REGRESSION) {
            return 0;
        }
        return task.input() == InputKind.PAIR
                ? (fast ? featureMap.only(0) : featureMap).closeness(encoded)
                : Recollection.MIDDLE;
    }
}
