// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a benchmark finds out, printed as it is said and written to a file in the end. Owned by one thread. */
final class Report {
    private final StringBuilder words = new StringBuilder();

    /** Adds words in the manner of {@link String#format}; what is no number becomes a dash. */
    void say(String format, Object... values) {
        String said = String.format(Locale.ROOT, format, values).replace("NaN", "–");
        System.out.print(said);
        words.append(said);
    }

    /** Writes all that was said to a file of a folder, which is made when it is not there. */
    void write(Path folder, String file) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(file), words);
    }
}
