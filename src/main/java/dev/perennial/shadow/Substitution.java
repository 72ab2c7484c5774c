// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A candidate in the place of what serves, for some inputs of a request. */
record Substitution(LiveShadow live, Ensemble serving, Ensemble candidate, Shadows.Answerer canary) {
    private static final System.Logger LOG = System.getLogger(Substitution.class.getName());

    /** Whether a candidate can answer what is asked of what serves: the same question, read by the same encoders. */
    static boolean isPossible(Ensemble candidate, Ensemble serving) {
        return candidate.task().kind() == serving.task().kind()
                && candidate.task().input() == serving.task().input()
                && candidate.task().scoreRange().equals(serving.task().scoreRange())
                && readers(candidate).equals(readers(serving));
    }

    /** What is known of graphs may differ: they change on their own. */
    private static List<String> readers(Ensemble ensemble) {
        return ensemble.members().stream()
                .map(Encoder::info)
                .filter(info -> info.reading() != EncoderInfo.Reading.KNOWLEDGE)
                .map(EncoderInfo::digest)
                .toList();
    }

    /** Answers all inputs, each by one of the two. */
    Predictions answer(PredictionRequest request, Shadows.Answerer usual) {
        List<Input> inputs = request.inputs();
        Parts answers = new Parts(inputs.size());
        List<Integer> own = IntStream.range(0, inputs.size())
                .filter(i -> live.shadow().traffic().isCanary(inputs.get(i)))
                .boxed()
                .toList();
        List<Integer> rest =
                new ArrayList<>(IntStream.range(0, inputs.size()).boxed().toList());
        if (!own.isEmpty() && answers.tryCandidate(own, part(request, own))) {
            rest.removeAll(own);
        }
        if (rest.isEmpty() && !own.isEmpty()) {
            return answers.all(candidate.answerRevision());
        }
        long began = System.nanoTime();
        Predictions said = usual.answer(List.of(serving), part(request, rest)).get(0);
        live.counting().servingTook(System.nanoTime() - began, rest.size());
        answers.put(rest, said);
        return answers.all(said.revision());
    }

    private static PredictionRequest part(PredictionRequest request, List<Integer> positions) {
        return new PredictionRequest(
                positions.stream().map(request.inputs()::get).toList(),
                request.topK(),
                request.mode(),
                request.explain());
    }

    /** The answers to one request as they come. */
    private final class Parts {
        private final Prediction[] predictions;
        private final RevisionId[] by;
        private final float[][] vectors;
        private String reader = "";

        private Parts(int inputs) {
            this.predictions = new Prediction[inputs];
            this.by = new RevisionId[inputs];
            this.vectors = new float[inputs][];
        }

        /** A candidate that fails keeps nobody from an answer; one that is busy is as busy as what serves. */
        private boolean tryCandidate(List<Integer> positions, PredictionRequest part) {
            long began = System.nanoTime();
            try {
                put(positions, canary.answer(List.of(candidate), part).get(0));
            } catch (Refusal refusal) {
                throw refusal;
            } catch (RuntimeException failure) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "A candidate of task {0} could not answer, and what serves does: {1}",
                        live.shadow().task(),
                        failure.getClass().getName());
                return false;
            }
            live.counting().candidateTook(System.nanoTime() - began, positions.size());
            return true;
        }

        private void put(List<Integer> positions, Predictions said) {
            for (int i = 0; i < positions.size(); i++) {
                predictions[positions.get(i)] = said.predictions().get(i);
                by[positions.get(i)] = said.by().get(i);
                vectors[positions.get(i)] = said.vector(i);
            }
            // Both have the same members, in the same order.
            reader = said.reader().isEmpty() ? reader : said.reader();
        }

        private Predictions all(RevisionId revision) {
            return new Predictions(revision, List.of(predictions), List.of(by), reader, List.of(vectors));
        }
    }
}
