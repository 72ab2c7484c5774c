// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.GateReport;
import java.util.function.Function;

/** Writes reports of gates in JSON. Thread-safe. */
public final class GateViews implements Function<GateReport, String> {
    private final Json json;

    public GateViews(Json json) {
        this.json = json;
    }

    @Override
    public String apply(GateReport report) {
        return json.write(GateView.of(report));
    }
}
