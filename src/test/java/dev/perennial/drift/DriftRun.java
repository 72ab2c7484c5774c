// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import dev.perennial.encode.Encoded;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.task.Input;
import dev.perennial.task.Kind;
import dev.perennial.text.Text;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the detectors of a task say of streams of the same inputs, each of which is answered once. Thread-safe. */
public final class DriftRun {
    private static final Input UNKNOWN = Input.of(new Text("unknown"));

    private final Ensemble ensemble;
    private final List<Observation> observations;

    public DriftRun(Ensemble ensemble, List<Encoded> inputs) {
        this.ensemble = ensemble;
        this.observations = inputs.parallelStream().map(this::observed).toList();
    }

    private Observation observed(Encoded encoded) {
        Prediction prediction =
                ensemble.predict(UNKNOWN, encoded, new PredictionRequest(List.of(UNKNOWN), 1, Mode.FULL, false));
        float[] first = encoded.vectors().get(0);
        Ensemble.Glance glance = ensemble.glance(first, 1024);
        return new Observation(
                ensemble.labels().indexOf(prediction.label().orElseThrow()),
                prediction.probability().orElseThrow(),
                new Sketch(glance.features().length).of(glance.features()),
                glance.nearest());
    }

    /**
     * After how many answers each detector first raised an alarm, by its name; those that raised none are not there.
     */
    public Map<String, Integer> firstAlarms(int[] stream) {
        TaskWatch watch = new TaskWatch(Kind.CLASSIFICATION, Instant.EPOCH);
        Map<String, Integer> first = new TreeMap<>();
        for (int i = 0; i < stream.length; i++) {
            watch.add(ensemble, observations.get(stream[i]), Instant.EPOCH);
            int answers = i + 1;
            watch.report().lines().stream()
                    .filter(line -> line.alarmSince().isPresent())
                    .forEach(line -> first.putIfAbsent(line.detector().key(), answers));
        }
        return first;
    }
}
