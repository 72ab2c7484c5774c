// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static dev.perennial.store.StoreFixture.TASK;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writing process is killed at random moments; what it acknowledged is there, once, and the store goes on. */
final class StoreCrashTest {
    private static final int ROUNDS = Integer.getInteger("perennial.crash-rounds", 20);

    /** Two at a time, because most of a round is the start of a Java process. */
    private static final int STORES = 2;

    private static final int LATEST_KILL_MILLIS = 200;
    private static final int REQUESTS_KEPT_APART = 100_000;

    @TempDir
    private Path directory;

    @Test
    void kill_losesAndDoublesNothingThatWasAcknowledged() throws Exception {
        long seed = Long.getLong("perennial.seed", 1);
        ExecutorService threads = Executors.newFixedThreadPool(STORES);
        List<Future<Integer>> taught = new ArrayList<>();
        try {
            for (int i = 0; i < STORES; i++) {
                Victim victim = new Victim(directory.resolve("store-" + i), seed + i);
                taught.add(threads.submit(victim::suffer));
            }
            for (Future<Integer> requests : taught) {
                assertThat(requests.get()).as("seed %d", seed).isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** One store whose writers are killed one after the other. */
    private static final class Victim {
        private final Path directory;
        private final long seed;
        private final Set<Integer> taught = new HashSet<>();
        private final Set<String> forgotten = new HashSet<>();

        private Victim(Path directory, long seed) {
            this.directory = directory;
            this.seed = seed;
        }

        /** Returns how many requests were acknowledged. */
        private int suffer() throws Exception {
            Random random = new Random(seed);
            for (int round = 0; round < ROUNDS / STORES; round++) {
                int afterMillis = random.nextInt(LATEST_KILL_MILLIS);
                note(writeAndDie(round * REQUESTS_KEPT_APART, round % 2 == 0, afterMillis));
                check("seed " + seed + " round " + round);
            }
            return taught.size();
        }

        /** Every other writer lives until something was acknowledged, however slow the machine is. */
        private List<String> writeAndDie(int firstRequest, boolean untilAcknowledged, int afterMillis)
                throws Exception {
            try (ChildProcess writer =
                    ChildProcess.start(CrashingWriter.class, directory.toString(), Integer.toString(firstRequest))) {
                assertThat(writer.readLine()).isEqualTo("ready");
                List<String> acknowledged = new ArrayList<>();
                if (untilAcknowledged) {
                    acknowledged.add(writer.readLine());
                }
                Thread.sleep(afterMillis);
                writer.kill();
                acknowledged.addAll(writer.readToEnd());
                return acknowledged;
            }
        }

        private void note(List<String> acknowledged) {
            for (String line : acknowledged) {
                if (line.startsWith("taught ")) {
                    taught.add(Integer.parseInt(line.substring("taught ".length())));
                } else if (line.startsWith("forgot ")) {
                    forgotten.add(line.substring("forgot ".length()));
                }
            }
        }

        private void check(String round) {
            try (DataDirectory owned = DataDirectory.open(directory);
                    SqliteDatabase database = SqliteDatabase.open(owned.database())) {
                SqlTaskStore store = new SqlTaskStore(database, InstantSource.system());
                List<String> texts = store.examples(TASK).stream()
                        .map(example -> example.teaching().input().text().value())
                        .toList();
                assertThat(texts).as(round).doesNotHaveDuplicates();
                assertThat(forgotten).as(round).noneMatch(texts::contains);
                assertThat(acknowledged()).as(round).isSubsetOf(texts);
                assertThat(wholeRequests(texts)).as(round).isTrue();
                assertThat(store.vectors(TASK, "member")).as(round).hasSameSizeAs(texts);
                assertThat(store.task(TASK).orElseThrow().examples()).as(round).isEqualTo(texts.size());
                StoredBytes bytes = StoredBytes.in(directory);
                assertThat(forgotten).as(round).noneMatch(bytes::contain);
                String next = "after " + round;
                assertThat(StoreFixture.teach(store, StoreFixture.teaching(next, Map.of("member", new float[384])))
                                .taught())
                        .as(round)
                        .isEqualTo(1);
            }
        }

        private List<String> acknowledged() {
            List<String> texts = new ArrayList<>();
            for (int request : taught) {
                for (int i = 0; i < CrashingWriter.EXAMPLES_A_REQUEST; i++) {
                    texts.add(CrashingWriter.text(request, i));
                }
            }
            texts.removeAll(forgotten);
            texts.removeIf(text -> text.endsWith("example 0."));
            return texts;
        }

        /** Whether each request is there with all its examples; the first one may have been forgotten. */
        private static boolean wholeRequests(List<String> texts) {
            Map<String, Integer> examplesByRequest = new HashMap<>();
            texts.stream()
                    .filter(text -> text.startsWith("request ") && !text.endsWith("example 0."))
                    .forEach(text ->
                            examplesByRequest.merge(text.substring(0, text.indexOf(" example")), 1, Integer::sum));
            return examplesByRequest.values().stream()
                    .allMatch(count -> count == CrashingWriter.EXAMPLES_A_REQUEST - 1);
        }
    }
}
