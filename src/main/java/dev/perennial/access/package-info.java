/** Who may ask: keys of clients, and what each allows. */
@NullMarked
package dev.perennial.access;

import org.jspecify.annotations.NullMarked;
