// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/**
 * How graph vectors are learnt.
 *
 * @param model what scores
 * @param rank real or complex numbers of a row
 * @param epochs how often every triple is seen
 * @param batch questions (subject, relation) of a step; all their answers come along
 * @param negatives entities drawn for a step, which all its questions are compared with; 0 for all entities
 * @param learningRate of Adagrad
 * @param initialScale standard deviation of the first numbers; angles of ROTATE are spread over the circle instead
 * @param regularization weight of the cubed moduli (N3) of a triple's three rows; products alone
 * @param relationWeight weight of the loss of guessing the relation from both entities; products alone
 * @param margin distance up to which a triple is likely; distances alone
 * @param temperature how much the negatives that look likely count more than the others; 0 for all equal; distances
 *     alone
 * @param seed of all chance
 */
public record TrainingSettings(
        GraphModel model,
        int rank,
        int epochs,
        int batch,
        int negatives,
        float learningRate,
        float initialScale,
        float regularization,
        float relationWeight,
        float margin,
        float temperature,
        long seed) {
    private static final int SMALL = 500;
    private static final float SMALL_REGULARIZATION = 0.02f;

    public TrainingSettings {
        require(rank > 0 && epochs >= 0 && batch > 0 && negatives >= 0, "a size is negative or zero");
        require(learningRate > 0 && initialScale > 0, "learning rate and scale are above 0");
        require(regularization >= 0 && relationWeight >= 0 && temperature >= 0, "a weight is negative");
        require(model.isProduct() || (regularization == 0 && relationWeight == 0), "weights that are for products");
        require(model.isProduct() || negatives > 0, "distances are learnt from negatives");
    }

    /**
     * Settings that suit a graph of so many entities: one of some hundreds is kept from being learnt by the usual N3.
     */
    public static TrainingSettings of(GraphModel model, int entities) {
        TrainingSettings usual = of(model);
        return model.isProduct() && entities <= SMALL ? usual.withRegularization(SMALL_REGULARIZATION) : usual;
    }

    /** Settings that suit graphs of some ten thousand entities. */
    public static TrainingSettings of(GraphModel model) {
        return model.isProduct()
                ? new TrainingSettings(model, 200, 30, 256, 1024, 0.1f, 1e-3f, 0.05f, 0.05f, 0, 0, 1)
                : new TrainingSettings(model, 100, 50, 256, 256, 0.1f, 0.1f, 0, 0, 9, 1, 1);
    }

    /** The same with rows of another length. */
    public TrainingSettings withRank(int other) {
        return new TrainingSettings(
                model,
                other,
                epochs,
                batch,
                negatives,
                learningRate,
                initialScale,
                regularization,
                relationWeight,
                margin,
                temperature,
                seed);
    }

    private TrainingSettings withRegularization(float other) {
        return new TrainingSettings(
                model,
                rank,
                epochs,
                batch,
                negatives,
                learningRate,
                initialScale,
                other,
                relationWeight,
                margin,
                temperature,
                seed);
    }

    /** The same for longer or shorter. */
    public TrainingSettings withEpochs(int other) {
        return new TrainingSettings(
                model,
                rank,
                other,
                batch,
                negatives,
                learningRate,
                initialScale,
                regularization,
                relationWeight,
                margin,
                temperature,
                seed);
    }

    /** The same with other chance. */
    public TrainingSettings withSeed(long other) {
        return new TrainingSettings(
                model,
                rank,
                epochs,
                batch,
                negatives,
                learningRate,
                initialScale,
                regularization,
                relationWeight,
                margin,
                temperature,
                other);
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
