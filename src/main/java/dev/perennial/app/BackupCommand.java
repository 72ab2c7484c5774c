// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.refusal.Refusal;
import dev.perennial.store.Backup;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** What {@code java -jar quarkus-run.jar backup DATA TARGET} does, instead of serving. */
final class BackupCommand {
    private static final String NAME = "backup";
    private static final int WORDS = 3;
    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int MISUSED = 2;

    private final PrintStream out;

    BackupCommand(PrintStream out) {
        this.out = out;
    }

    static boolean isAsked(List<String> arguments) {
        return !arguments.isEmpty() && arguments.get(0).equals(NAME);
    }

    private static String tenants(int count) {
        return ", with those of " + count + (count == 1 ? " tenant" : " tenants") + " beside the default one.";
    }

    /** The exit status. */
    int run(List<String> arguments) {
        if (arguments.size() != WORDS) {
            out.println("Usage: java -jar quarkus-run.jar backup DATA TARGET\n"
                    + "DATA is the data directory; TARGET will be the copy, and must not exist.");
            return MISUSED;
        }
        try {
            Path target = Path.of(arguments.get(2));
            Backup.Made made = Backup.make(Path.of(arguments.get(1)), target);
            out.println("Copied to " + target + ": "
                    + (made.database() ? "the database and " : "no database, which is in PostgreSQL, and ")
                    + made.files() + " other files" + (made.tenants() == 0 ? "." : tenants(made.tenants())));
            return DONE;
        } catch (Refusal | InvalidPathException refused) {
            out.println("No backup was made: " + refused.getMessage());
            return REFUSED;
        }
    }
}
