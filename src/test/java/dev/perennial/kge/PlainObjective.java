// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import java.util.Arrays;

/** What a batch costs, in plain loops and double precision: what gradients are compared with. */
final class PlainObjective {
    private final TrainingSettings settings;
    private final int rank;
    private final Batch batch;
    private final double[][] shares;

    /** The shares of negatives are taken as constants, as the vectors give them now. */
    PlainObjective(TrainingSettings settings, Batch batch, double[][] entities, double[][] relations) {
        this.settings = settings;
        this.rank = settings.rank();
        this.batch = batch;
        this.shares = new double[batch.questions()][];
        for (int q = 0; q < shares.length; q++) {
            shares[q] = shares(q, scores(q, entities, relations));
        }
    }

    double loss(double[][] entities, double[][] relations) {
        double sum = 0;
        for (int q = 0; q < batch.questions(); q++) {
            double[] scores = scores(q, entities, relations);
            for (int t = batch.starts()[q]; t < batch.starts()[q + 1]; t++) {
                double right = scores[batch.answers()[t]];
                sum += settings.model().isProduct() ? logSum(scores) - right : contrast(scores, right, shares[q]);
                sum += settings.relationWeight() * guess(q, t, entities, relations);
            }
        }
        return sum;
    }

    /** The loss and N3 as means over the triples. */
    double mean(double[][] entities, double[][] relations) {
        double cubes = 0;
        for (int q = 0; q < batch.questions(); q++) {
            for (int t = batch.starts()[q]; t < batch.starts()[q + 1]; t++) {
                cubes += cube(entities[batch.objects()[batch.subjects()[q]]])
                        + cube(relations[batch.relations()[q]])
                        + cube(entities[batch.objects()[batch.answers()[t]]]);
            }
        }
        return (loss(entities, relations) + settings.regularization() * cubes) / batch.triples();
    }

    private double[] scores(int question, double[][] entities, double[][] relations) {
        double[] subject = entities[batch.objects()[batch.subjects()[question]]];
        double[] scores = new double[batch.objects().length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = score(subject, relations[batch.relations()[question]], entities[batch.objects()[i]]);
            if (settings.model().isProduct() && i >= batch.named()) {
                scores[i] += Math.log(batch.weightOfDrawn());
            }
        }
        return scores;
    }

    double score(double[] s, double[] r, double[] o) {
        double sum = 0;
        for (int k = 0; k < rank; k++) {
            int i = k + rank;
            sum += switch (settings.model()) {
                case DISTMULT -> s[k] * r[k] * o[k];
                case COMPLEX -> (s[k] * r[k] - s[i] * r[i]) * o[k] + (s[k] * r[i] + s[i] * r[k]) * o[i];
                case TRANSE -> -Math.abs(s[k] + r[k] - o[k]);
                case ROTATE ->
                    -Math.hypot(
                            s[k] * Math.cos(r[k]) - s[i] * Math.sin(r[k]) - o[k],
                            s[k] * Math.sin(r[k]) + s[i] * Math.cos(r[k]) - o[i]);
            };
        }
        return sum;
    }

    private double[] shares(int question, double[] scores) {
        double[] weights = Arrays.stream(scores)
                .map(score -> Math.exp(settings.temperature() * score))
                .toArray();
        for (int t = batch.starts()[question]; t < batch.starts()[question + 1]; t++) {
            weights[batch.answers()[t]] = 0;
        }
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private double contrast(double[] scores, double right, double[] share) {
        double sum = Math.log1p(Math.exp(-settings.margin() - right));
        for (int i = 0; i < scores.length; i++) {
            sum += share[i] * Math.log1p(Math.exp(settings.margin() + scores[i]));
        }
        return sum;
    }

    private double guess(int question, int triple, double[][] entities, double[][] relations) {
        if (settings.relationWeight() == 0) {
            return 0;
        }
        double[] subject = entities[batch.objects()[batch.subjects()[question]]];
        double[] object = entities[batch.objects()[batch.answers()[triple]]];
        double[] scores = Arrays.stream(relations)
                .mapToDouble(r -> score(subject, r, object))
                .toArray();
        return logSum(scores) - scores[batch.relations()[question]];
    }

    private double cube(double[] row) {
        double sum = 0;
        for (int k = 0; k < rank; k++) {
            sum += Math.pow(
                    settings.model() == GraphModel.COMPLEX ? Math.hypot(row[k], row[k + rank]) : Math.abs(row[k]), 3);
        }
        return sum;
    }

    private static double logSum(double[] scores) {
        return Math.log(Arrays.stream(scores).map(Math::exp).sum());
    }
}
