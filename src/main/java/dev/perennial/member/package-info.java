/** What can answer: heads over one member's features or over all of them. Immutable, predict only. */
@NullMarked
package dev.perennial.member;

import org.jspecify.annotations.NullMarked;
