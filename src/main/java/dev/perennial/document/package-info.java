/**
 * Background documents: texts with their origin, licence and trust, which can be searched and removed by source, and
 * the guard that keeps texts of evaluation sets out of them. Plain Java.
 */
@NullMarked
package dev.perennial.document;

import org.jspecify.annotations.NullMarked;
