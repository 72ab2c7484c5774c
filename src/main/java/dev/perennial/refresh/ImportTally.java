// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.util.ArrayList;
import java.util.List;

/** What an import left out: how much, and of the first ones why. Not thread-safe. */
final class ImportTally {
    private static final int MOST_FAULTS = 100;

    private final List<LeftOut> faults = new ArrayList<>();
    private long skipped;

    private record LeftOut(long line, String detail) {}

    void add(long line, String detail) {
        skipped++;
        if (faults.size() < MOST_FAULTS) {
            faults.add(new LeftOut(line, detail));
        }
    }

    long skipped() {
        return skipped;
    }

    JsonText json() {
        return new JsonText().put("skipped", skipped).putAll("faults", faults, ImportTally::json);
    }

    private static String json(LeftOut fault) {
        return new JsonText()
                .put("line", fault.line())
                .put("detail", fault.detail())
                .toString();
    }
}
