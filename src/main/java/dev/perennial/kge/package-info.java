// SPDX-License-Identifier: Apache-2.0
/** Graph vectors: rows for entities and relations that score triples, learnt from the triples that are known. */
@NullMarked
package dev.perennial.kge;

import org.jspecify.annotations.NullMarked;
