/** SQLite and the data directory behind the ports of task and refresh. */
@NullMarked
package dev.perennial.store;

import org.jspecify.annotations.NullMarked;
