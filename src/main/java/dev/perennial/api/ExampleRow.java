// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One example as a client wrote it, before it is checked against a task. Absent members are null. */
record ExampleRow(
        @Nullable String text,
        @Nullable String textPair,
        @Nullable String label,
        @Nullable List<String> labels,
        @Nullable Double score,
        @Nullable String externalId,
        @Nullable Double weight,
        @Nullable String source) {}
