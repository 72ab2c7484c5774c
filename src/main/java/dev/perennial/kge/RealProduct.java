// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/** DistMult: {@code sum s_k r_k o_k}. */
record RealProduct(int rank) implements Composition.Product {
    @Override
    public void times(float[] a, float[] b, float[] product) {
        for (int k = 0; k < rank; k++) {
            product[k] = a[k] * b[k];
        }
    }

    @Override
    public void conjugateTimes(float[] a, float[] b, float[] product) {
        times(a, b, product);
    }

    @Override
    public void cubeGradient(float[] row, float weight, float[] gradient) {
        for (int k = 0; k < rank; k++) {
            gradient[k] = 3 * weight * Math.abs(row[k]) * row[k];
        }
    }
}
