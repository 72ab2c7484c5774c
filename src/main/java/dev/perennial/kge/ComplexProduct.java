// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/**
 * ComplEx: {@code Re sum s_k r_k conj(o_k)}. A row holds the real parts of its {@code rank} numbers and then the
 * imaginary ones.
 */
record ComplexProduct(int rank) implements Composition.Product {
    @Override
    public void times(float[] a, float[] b, float[] product) {
        for (int k = 0; k < rank; k++) {
            product[k] = a[k] * b[k] - a[k + rank] * b[k + rank];
        }
        for (int k = 0; k < rank; k++) {
            product[k + rank] = a[k] * b[k + rank] + a[k + rank] * b[k];
        }
    }

    @Override
    public void conjugateTimes(float[] a, float[] b, float[] product) {
        for (int k = 0; k < rank; k++) {
            product[k] = a[k] * b[k] + a[k + rank] * b[k + rank];
        }
        for (int k = 0; k < rank; k++) {
            product[k + rank] = a[k] * b[k + rank] - a[k + rank] * b[k];
        }
    }

    @Override
    public void cubeGradient(float[] row, float weight, float[] gradient) {
        for (int k = 0; k < rank; k++) {
            float modulus = (float) Math.sqrt(row[k] * row[k] + row[k + rank] * row[k + rank]);
            gradient[k] = 3 * weight * modulus * row[k];
            gradient[k + rank] = 3 * weight * modulus * row[k + rank];
        }
    }
}
