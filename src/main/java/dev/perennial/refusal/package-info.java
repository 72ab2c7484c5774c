/** What the service declines to do, and why: one sealed family of expected refusals that carry data, not sentences. */
@NullMarked
package dev.perennial.refusal;

import org.jspecify.annotations.NullMarked;
