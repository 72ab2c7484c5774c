/** An immutable snapshot of everything that decides a task's answers, and the walk of a prediction through it. */
@NullMarked
package dev.perennial.ensemble;

import org.jspecify.annotations.NullMarked;
