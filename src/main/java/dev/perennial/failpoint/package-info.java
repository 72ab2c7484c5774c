// SPDX-License-Identifier: Apache-2.0
/** Places where a test has the process end, so that each is proven to be survived. */
@NullMarked
package dev.perennial.failpoint;

import org.jspecify.annotations.NullMarked;
