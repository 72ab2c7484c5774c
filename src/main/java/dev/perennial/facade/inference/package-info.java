/** The Open Inference Protocol, version 2, as KServe, Triton and others speak it. */
@NullMarked
package dev.perennial.facade.inference;

import org.jspecify.annotations.NullMarked;
