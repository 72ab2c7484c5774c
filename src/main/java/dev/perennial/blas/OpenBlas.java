// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import dev.perennial.math.DirectMatrix;
import dev.perennial.math.FloatMatrix;
import dev.perennial.math.GramMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Linear algebra by OpenBLAS.
 *
 * <p>Each call into the library runs on the calling thread: threads of its own wait for one another actively, which is
 * several times slower as soon as another process wants the cores. Large products are cut into slabs instead, which run
 * side by side on the caller's fork-join pool. Large operands that are used again, the Gram matrices and their factors,
 * stay in native memory, because every Java array is copied twice a call.
 */
public final class OpenBlas implements LinearAlgebra {
    /** What the largest fits need beside the Gram matrices. */
    private static final long WORKING_BYTES = 1L << 30;

    /**
     * @param gramBytes bytes that Gram matrices may take; when they and the work at hand take more, those that nothing
     *     refers to any longer are collected
     */
    public OpenBlas(long gramBytes) {
        // Read once, when native memory is first asked for. By default both follow the size of the heap, and a small
        // heap would refuse memory that the machine has.
        System.setProperty("org.bytedeco.javacpp.maxBytes", Long.toString(gramBytes + WORKING_BYTES));
        System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        OneThread.use();
    }

    /** Initialised once in a process: that searches all libraries, and must not happen while one is being loaded. */
    private static final class OneThread {
        static {
            blas_set_num_threads(1);
        }

        private OneThread() {}

        static void use() {
            // done when this class was initialised
        }
    }

    @Override
    public void addProduct(Matrix a, Matrix b, Matrix sum) {
        requireEqual(a.columns(), b.rows());
        requireEqual(a.rows(), sum.rows());
        requireEqual(b.columns(), sum.columns());
        gemm(new Operand(a, CblasNoTrans), new Operand(b, CblasNoTrans), sum);
    }

    @Override
    public Matrix multiplyTransposed(Matrix a, Matrix b) {
        requireEqual(a.columns(), b.columns());
        Matrix product = Matrix.zeros(a.rows(), b.rows());
        gemm(new Operand(a, CblasNoTrans), new Operand(b, CblasTrans), product);
        return product;
    }

    @Override
    public FloatMatrix multiply(FloatMatrix a, FloatMatrix b) {
        requireEqual(a.columns(), b.rows());
        return gemm(a, b, CblasNoTrans, b.columns());
    }

    @Override
    public FloatMatrix multiplyTransposed(FloatMatrix a, FloatMatrix b) {
        requireEqual(a.columns(), b.columns());
        return gemm(a, b, CblasTrans, b.rows());
    }

    @Override
    public void multiply(DirectMatrix a, DirectMatrix b, DirectMatrix product) {
        requireEqual(a.columns(), b.rows());
        requireEqual(a.rows(), product.rows());
        requireEqual(b.columns(), product.columns());
        gemm(new DirectOperand(a, CblasNoTrans), new DirectOperand(b, CblasNoTrans), product);
    }

    @Override
    public void multiplyTransposed(DirectMatrix a, DirectMatrix b, DirectMatrix product) {
        requireEqual(a.columns(), b.columns());
        requireEqual(a.rows(), product.rows());
        requireEqual(b.rows(), product.columns());
        gemm(new DirectOperand(a, CblasNoTrans), new DirectOperand(b, CblasTrans), product);
    }

    @Override
    public void transposedMultiply(DirectMatrix a, DirectMatrix b, DirectMatrix product) {
        requireEqual(a.rows(), b.rows());
        requireEqual(a.columns(), product.rows());
        requireEqual(b.columns(), product.columns());
        gemm(new DirectOperand(a, CblasTrans), new DirectOperand(b, CblasNoTrans), product);
    }

    @Override
    public GramMatrix gramMatrix(int size) {
        return new NativeGram(size);
    }

    @Override
    public Cholesky cholesky(Matrix symmetric) {
        requireEqual(symmetric.rows(), symmetric.columns());
        return NativeFactor.of(new DoublePointer(symmetric.data()), symmetric.rows());
    }

    static void requireEqual(int a, int b) {
        if (a != b) {
            throw new IllegalArgumentException("sizes do not match: " + a + " and " + b);
        }
    }

    private static void gemm(Operand a, Operand b, Matrix sum) {
        int inner = a.transposition == CblasNoTrans ? a.matrix.columns() : a.matrix.rows();
        if (sum.data().length == 0 || inner == 0) {
            return;
        }
        cblas_dgemm(
                CblasRowMajor,
                a.transposition,
                b.transposition,
                sum.rows(),
                sum.columns(),
                inner,
                1.0,
                a.matrix.data(),
                a.matrix.columns(),
                b.matrix.data(),
                b.matrix.columns(),
                1.0,
                sum.data(),
                sum.columns());
    }

    private static void gemm(DirectOperand a, DirectOperand b, DirectMatrix product) {
        if (product.rows() == 0 || product.columns() == 0) {
            return;
        }
        cblas_sgemm(
                CblasRowMajor,
                a.transposition,
                b.transposition,
                product.rows(),
                product.columns(),
                a.transposition == CblasNoTrans ? a.matrix.columns() : a.matrix.rows(),
                1.0f,
                a.matrix.data(),
                Math.max(1, a.matrix.stride()),
                b.matrix.data(),
                Math.max(1, b.matrix.stride()),
                0.0f,
                product.data(),
                product.stride());
    }

    private static FloatMatrix gemm(FloatMatrix a, FloatMatrix b, int transposition, int columns) {
        FloatMatrix product = FloatMatrix.zeros(a.rows(), columns);
        int inner = a.columns();
        if (product.data().length == 0 || inner == 0) {
            return product;
        }
        try (FloatPointer right = new FloatPointer(b.data())) {
            Slabs.forEach(a.rows(), (from, count) -> {
                try (FloatPointer left = new FloatPointer((long) count * inner);
                        FloatPointer out = new FloatPointer((long) count * columns)) {
                    left.put(a.data(), from * inner, count * inner);
                    cblas_sgemm(
                            CblasRowMajor,
                            CblasNoTrans,
                            transposition,
                            count,
                            columns,
                            inner,
                            1.0f,
                            left,
                            inner,
                            right,
                            b.columns(),
                            0.0f,
                            out,
                            columns);
                    out.get(product.data(), from * columns, count * columns);
                }
            });
        }
        return product;
    }

    private record Operand(Matrix matrix, int transposition) {}

    private record DirectOperand(DirectMatrix matrix, int transposition) {}
}
