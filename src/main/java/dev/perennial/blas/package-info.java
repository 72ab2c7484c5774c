/** OpenBLAS behind the port of math. */
@NullMarked
package dev.perennial.blas;

import org.jspecify.annotations.NullMarked;
