/** Wiring of the service: configuration, health, metrics, lifecycle. The only package that knows every other one. */
@NullMarked
package dev.perennial.app;

import org.jspecify.annotations.NullMarked;
