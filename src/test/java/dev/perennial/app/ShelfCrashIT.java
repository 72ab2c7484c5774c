// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.TableEncoder;
import dev.perennial.failpoint.Failpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that keeps adapters and tables ends at their failpoints: what was there is there, and more can be kept. */
final class ShelfCrashIT {
    private static final int KILLED = 137;

    @TempDir
    private Path directory;

    @Test
    void adapterThatIsCutOff_isNotThere_andTheOthersAre() throws Exception {
        assertThat(run("adapter", "first", "")).isZero();
        assertThat(run("adapter", "second", Failpoint.ADAPTER_WRITTEN.name())).isEqualTo(KILLED);
        assertThat(kept()).containsExactly("first");
        assertThat(run("adapter", "third", Failpoint.ADAPTER_KEPT.name())).isEqualTo(KILLED);
        assertThat(kept()).containsExactlyInAnyOrder("first", "third");
        assertThat(run("adapter", "second", "")).isZero();
        assertThat(kept()).containsExactlyInAnyOrder("first", "second", "third");
    }

    @Test
    void tableThatIsCutOff_leavesTheOneThatServes() throws Exception {
        TableEncoder built = CrashingShelf.built();
        assertThat(run("table", "first", "")).isZero();
        assertServes(built, "first");
        assertThat(run("table", "second one", Failpoint.TABLE_WRITTEN.name())).isEqualTo(KILLED);
        assertThat(run("table", "the third", Failpoint.TABLE_UNCONFIRMED.name()))
                .isEqualTo(KILLED);
        assertServes(built, "first");
        TableFiles next = CrashingShelf.tables(directory, built);
        assertThat(next.kept("the third")).as("of a job that goes on").isPresent();
        next.confirm("the third");
        assertServes(built, "the third");
    }

    private void assertServes(TableEncoder built, String name) {
        assertThat(CrashingShelf.tables(directory, built).confirmed())
                .as("the table that serves")
                .hasValueSatisfying(table -> assertThat(table.info().digest())
                        .isEqualTo(CrashingShelf.candidate(built, name).info().digest()));
    }

    private List<String> kept() {
        return CrashingShelf.adapters(directory).kept().stream()
                .map(kept -> kept.id())
                .toList();
    }

    private int run(String what, String id, String failpoint) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Ddev.perennial.failpoint=" + failpoint,
                CrashingShelf.class.getName(),
                what,
                directory.toString(),
                id));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start().waitFor();
    }
}
