// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.task.Input;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Answers of two ensembles to the same rows; an encoder that both have reads each row once. */
final class SharedAnswers {
    private static final int AT_ONCE = 64;

    private final Predictor predictor;
    private final Paired<Ensemble> ensembles;
    private final Map<Reader, Encoder> readers = new LinkedHashMap<>();

    /** What two encoders have in common that read alike; one that stands for another that is gone does not. */
    private record Reader(Class<?> type, EncoderInfo info) {
        static Reader of(Encoder encoder) {
            return new Reader(encoder.getClass(), encoder.info());
        }
    }

    private SharedAnswers(Predictor predictor, Paired<Ensemble> ensembles) {
        this.predictor = predictor;
        this.ensembles = ensembles;
        Stream.of(ensembles.serving(), ensembles.candidate())
                .flatMap(ensemble -> ensemble.members().stream())
                .forEach(member -> readers.putIfAbsent(Reader.of(member), member));
    }

    /**
     * What both answer in mode {@code auto}.
     *
     * @param predictor has the encoders read
     */
    static Paired<List<RowOutcome>> of(Predictor predictor, Paired<Ensemble> ensembles, List<Teaching> rows) {
        return new SharedAnswers(predictor, ensembles).to(rows);
    }

    private Paired<List<RowOutcome>> to(List<Teaching> rows) {
        Paired<List<RowOutcome>> outcomes = new Paired<>(new ArrayList<>(), new ArrayList<>());
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            List<Teaching> part = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
            List<Encoded> read = predictor.encode(
                    List.copyOf(readers.values()),
                    part.stream().map(Teaching::input).toList());
            for (int i = 0; i < part.size(); i++) {
                int row = from + i;
                outcomes.serving().add(outcome(ensembles.serving(), part.get(i), row, read.get(i)));
                outcomes.candidate().add(outcome(ensembles.candidate(), part.get(i), row, read.get(i)));
            }
        }
        return outcomes;
    }

    /** Judged by the policy of the candidate, so that both are judged alike. */
    private RowOutcome outcome(Ensemble ensemble, Teaching row, int index, Encoded read) {
        Input input = row.input();
        PredictionRequest request = new PredictionRequest(
                List.of(input), Math.max(1, ensemble.labels().size()), Mode.AUTO, false);
        return RowOutcome.of(
                ensembles.candidate().task(),
                index,
                row.answer(),
                ensemble.predict(input, seen(ensemble, read), request));
    }

    /** What the members of an ensemble have read. */
    private Encoded seen(Ensemble ensemble, Encoded read) {
        List<Reader> order = List.copyOf(readers.keySet());
        List<float[]> vectors = ensemble.members().stream()
                .map(member -> read.vectors().get(order.indexOf(Reader.of(member))))
                .toList();
        return new Encoded(vectors, read.truncated());
    }
}
