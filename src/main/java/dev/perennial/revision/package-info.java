/** Revisions: what a task was at each of them, what they are called, and the port to where that is kept. */
@NullMarked
package dev.perennial.revision;

import org.jspecify.annotations.NullMarked;
