// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A teaching in a request, as the reference shows it; it is read row by row. */
@Schema(name = "Teaching")
record TeachBody(@Schema(required = true) List<ExampleRow> examples) {}
