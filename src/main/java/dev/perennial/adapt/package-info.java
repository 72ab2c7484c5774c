/**
 * Parameters that groups of tasks share: which tasks belong together, and how values learnt for a new task are merged
 * with those that the others rely on.
 */
@NullMarked
package dev.perennial.adapt;

import org.jspecify.annotations.NullMarked;
