/** Work that outlives a request: jobs that report progress, can be cancelled and survive a restart. */
@NullMarked
package dev.perennial.refresh;

import org.jspecify.annotations.NullMarked;
