/** From examples to an ensemble: fitting in closed form, leave-one-out selection, and the walk of a teaching. */
@NullMarked
package dev.perennial.learn;

import org.jspecify.annotations.NullMarked;
