/** Numbers only: dense linear algebra behind one port, statistics, quantised features. */
@NullMarked
package dev.perennial.math;

import org.jspecify.annotations.NullMarked;
