/** How good answers are: metrics and their intervals. */
@NullMarked
package dev.perennial.evaluate;

import org.jspecify.annotations.NullMarked;
