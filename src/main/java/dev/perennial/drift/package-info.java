/** Whether what a task is asked and answers is still what it was: recent answers against earlier ones. */
@NullMarked
package dev.perennial.drift;

import org.jspecify.annotations.NullMarked;
