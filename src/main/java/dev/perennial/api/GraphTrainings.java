// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.kge.GraphModel;
import dev.perennial.kge.TrainingSettings;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of trainings of graph vectors, as requests name them. */
final class GraphTrainings {
    private static final int LARGEST_DIMENSION = 2048;
    private static final int MOST_EPOCHS = 10_000;
    private static final int LARGEST_BATCH = 10_000;
    private static final int MOST_NEGATIVES = 100_000;

    private final GraphVectorsResource.VectorsBody asked;
    private final TrainingSettings usual;
    private final List<Fault> faults = new ArrayList<>();

    private GraphTrainings(GraphVectorsResource.VectorsBody asked, TrainingSettings usual) {
        this.asked = asked;
        this.usual = usual;
    }

    /**
     * The settings that a body asks for.
     *
     * @param usual what suits the model and the graph
     * @throws Refusal.Invalid when something in it cannot be done
     */
    static TrainingSettings settings(TrainingSettings usual, GraphVectorsResource.VectorsBody asked) {
        return new GraphTrainings(asked, usual).settings();
    }

    /** Settings that trainings alone use, by their names; null those that are not given. */
    static Map<String, @Nullable Object> ofTrainings(GraphVectorsResource.VectorsBody asked) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("dimension", asked.dimension());
        settings.put("epochs", asked.epochs());
        settings.put("batch", asked.batch());
        settings.put("negatives", asked.negatives());
        settings.put("learning_rate", asked.learningRate());
        settings.put("regularization", asked.regularization());
        settings.put("relation_weight", asked.relationWeight());
        settings.put("margin", asked.margin());
        settings.put("seed", asked.seed());
        return settings;
    }

    /** Refuses settings that are given and that the model has no use for. */
    static void requireUnused(String model, Map<String, @Nullable Object> settings) {
        List<Fault> faults = new ArrayList<>();
        settings.forEach((name, value) -> {
            if (value != null) {
                faults.add(new Fault("/" + name, "is not a setting of the model " + model + "; leave it out"));
            }
        });
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
    }

    private Map<String, @Nullable Object> ofOtherModels() {
        Map<String, @Nullable Object> others = new LinkedHashMap<>();
        others.put("member", asked.member());
        if (usual.model().isProduct()) {
            others.put("margin", asked.margin());
        } else {
            others.put("regularization", asked.regularization());
            others.put("relation_weight", asked.relationWeight());
        }
        return others;
    }

    private TrainingSettings settings() {
        GraphModel model = usual.model();
        requireUnused(model.name().toLowerCase(Locale.ROOT), ofOtherModels());
        int numbers = model.entityWidth(1);
        int dimension =
                within("/dimension", asked.dimension(), usual.rank() * numbers, new Range(2, LARGEST_DIMENSION));
        if (dimension % numbers != 0) {
            faults.add(new Fault("/dimension", "must be even: a complex number is two"));
        }
        int fewest = model.isProduct() ? 0 : 1;
        TrainingSettings settings = new TrainingSettings(
                model,
                Math.max(1, dimension / numbers),
                within("/epochs", asked.epochs(), usual.epochs(), new Range(1, MOST_EPOCHS)),
                within("/batch", asked.batch(), usual.batch(), new Range(1, LARGEST_BATCH)),
                within("/negatives", asked.negatives(), usual.negatives(), new Range(fewest, MOST_NEGATIVES)),
                positive("/learning_rate", asked.learningRate(), usual.learningRate()),
                usual.initialScale(),
                weight("/regularization", asked.regularization(), usual.regularization()),
                weight("/relation_weight", asked.relationWeight(), usual.relationWeight()),
                weight("/margin", asked.margin(), usual.margin()),
                usual.temperature(),
                asked.seed() == null ? usual.seed() : asked.seed());
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
        return settings;
    }

    private record Range(int least, int most) {}

    private int within(String pointer, @Nullable Integer value, int otherwise, Range range) {
        if (value == null) {
            return otherwise;
        }
        if (value < range.least() || value > range.most()) {
            faults.add(new Fault(pointer, "must be from " + range.least() + " to " + range.most()));
            return otherwise;
        }
        return value;
    }

    private float positive(String pointer, @Nullable Float value, float otherwise) {
        if (value != null && !(value > 0 && value <= 10)) {
            faults.add(new Fault(pointer, "must be above 0, and 10 at most"));
        }
        return value == null || !(value > 0) ? otherwise : value;
    }

    private float weight(String pointer, @Nullable Float value, float otherwise) {
        if (value == null) {
            return otherwise;
        }
        if (!(value >= 0 && value <= 1000)) {
            faults.add(new Fault(pointer, "must be from 0 to 1000"));
            return otherwise;
        }
        return value;
    }
}
