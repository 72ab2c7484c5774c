// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/**
 * RotatE: the query is {@code s exp(i theta)}. An entity's row holds the real parts of {@code rank} numbers and then
 * the imaginary ones, a relation's row the {@code rank} angles.
 */
record Rotation(int rank) implements Composition {
    @Override
    public void query(float[] subject, float[] relation, float[] query) {
        for (int k = 0; k < rank; k++) {
            float cosine = (float) Math.cos(relation[k]);
            float sine = (float) Math.sin(relation[k]);
            query[k] = subject[k] * cosine - subject[k + rank] * sine;
            query[k + rank] = subject[k] * sine + subject[k + rank] * cosine;
        }
    }

    @Override
    public void subjectGradient(float[] queryGradient, float[] relation, float[] gradient) {
        for (int k = 0; k < rank; k++) {
            float cosine = (float) Math.cos(relation[k]);
            float sine = (float) Math.sin(relation[k]);
            gradient[k] = queryGradient[k] * cosine + queryGradient[k + rank] * sine;
            gradient[k + rank] = queryGradient[k + rank] * cosine - queryGradient[k] * sine;
        }
    }

    @Override
    public void relationGradient(float[] queryGradient, float[] subject, float[] query, float[] gradient) {
        for (int k = 0; k < rank; k++) {
            gradient[k] = queryGradient[k + rank] * query[k] - queryGradient[k] * query[k + rank];
        }
    }
}
