// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.TeachingOutcome;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;

/**
 * A process that teaches three numbered examples a request, forgets some of them, and prints what was acknowledged,
 * until it is killed.
 */
final class CrashingWriter {
    static final int EXAMPLES_A_REQUEST = 3;

    private CrashingWriter() {}

    /** Arguments: the data directory and the number of the first request. */
    public static void main(String[] arguments) {
        try (DataDirectory directory = DataDirectory.open(Path.of(arguments[0]));
                SqliteDatabase database = SqliteDatabase.open(directory.database())) {
            SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
            store.define(StoreFixture.task());
            say("ready");
            for (int request = Integer.parseInt(arguments[1]); ; request++) {
                TeachingOutcome outcome = teach(store, request);
                say("taught " + request);
                if (request % 4 == 0) {
                    store.forget(StoreFixture.TASK, outcome.rows().get(0).exampleId());
                    say("forgot " + text(request, 0));
                }
            }
        } catch (Refusal refusal) {
            say("refused " + refusal.getMessage());
        }
    }

    static String text(int request, int example) {
        return "request " + request + " example " + example + ".";
    }

    private static TeachingOutcome teach(SqlTaskStore store, int request) {
        Random random = new Random(request);
        return StoreFixture.teach(
                store,
                StoreFixture.teaching(text(request, 0), Map.of("member", StoreFixture.vector(random, 384))),
                StoreFixture.teaching(text(request, 1), Map.of("member", StoreFixture.vector(random, 384))),
                StoreFixture.teaching(text(request, 2), Map.of("member", StoreFixture.vector(random, 384))));
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
