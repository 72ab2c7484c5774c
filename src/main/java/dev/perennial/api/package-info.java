/** The HTTP surface: resources, strict JSON, problems. */
@NullMarked
package dev.perennial.api;

import org.jspecify.annotations.NullMarked;
