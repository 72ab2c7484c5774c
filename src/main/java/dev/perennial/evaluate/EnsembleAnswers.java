// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.member.View;
import dev.perennial.task.Input;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Answers of an ensemble, which need not be the serving one. Every member reads an input once. Thread-safe. */
public final class EnsembleAnswers implements Answering {
    private final Ensemble ensemble;
    private final Predictor predictor;

    /** @param predictor has the encoders read */
    public EnsembleAnswers(Ensemble ensemble, Predictor predictor) {
        this.ensemble = ensemble;
        this.predictor = predictor;
    }

    @Override
    public Task task() {
        return ensemble.task();
    }

    @Override
    public List<String> labels() {
        return ensemble.labels();
    }

    @Override
    public List<Voice> voices() {
        return ensemble.parts().stream()
                .map(part -> new Voice(part.name(), part.weight()))
                .toList();
    }

    @Override
    public List<Said> answers(List<Input> inputs) {
        List<Encoded> encoded = predictor.encode(ensemble.members(), inputs);
        List<Said> said = new ArrayList<>(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            Map<Mode, Prediction> byMode = new EnumMap<>(Mode.class);
            for (Mode mode : Mode.values()) {
                byMode.put(mode, ensemble.predict(inputs.get(i), encoded.get(i), request(inputs.get(i), mode)));
            }
            said.add(new Said(byMode, ensemble.answers(encoded.get(i))));
        }
        return said;
    }

    @Override
    public Prediction answer(Input input, Mode mode) {
        return predictor.predict(ensemble, request(input, mode)).predictions().get(0);
    }

    private PredictionRequest request(Input input, Mode mode) {
        return new PredictionRequest(List.of(input), Math.max(1, labels().size()), mode, false);
    }

    @Override
    public boolean remembers(Input input) {
        return ensemble.remembers(input);
    }

    @Override
    public long bytes(Mode mode) {
        List<Encoder> members = ensemble.members();
        View asked = switch (mode) {
            case AUTO -> View.firsts(members.size());
            case FULL -> View.contextual(members);
            case FAST -> View.firsts(Math.min(1, members.size()));
        };
        return members.subList(asked.first(), asked.end()).stream()
                .mapToLong(member -> member.info().bytes())
                .sum();
    }
}
