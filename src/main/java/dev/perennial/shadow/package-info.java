// SPDX-License-Identifier: Apache-2.0
/** Candidates that answer beside what serves, and tasks that answer silently until they are good enough. */
@NullMarked
package dev.perennial.shadow;

import org.jspecify.annotations.NullMarked;
