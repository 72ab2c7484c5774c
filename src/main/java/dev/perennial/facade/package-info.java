/** Façades: the protocols of services that this one can take the place of. Each speaks its own dialect of failures. */
@NullMarked
package dev.perennial.facade;

import org.jspecify.annotations.NullMarked;
