// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/** TransE: the query is {@code s + r}. */
record Translation(int rank) implements Composition {
    @Override
    public void query(float[] subject, float[] relation, float[] query) {
        for (int k = 0; k < rank; k++) {
            query[k] = subject[k] + relation[k];
        }
    }

    @Override
    public void subjectGradient(float[] queryGradient, float[] relation, float[] gradient) {
        System.arraycopy(queryGradient, 0, gradient, 0, rank);
    }

    @Override
    public void relationGradient(float[] queryGradient, float[] subject, float[] query, float[] gradient) {
        System.arraycopy(queryGradient, 0, gradient, 0, rank);
    }
}
