// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CrashJournalTest {
    @TempDir
    private Path directory;

    /** As a process has it that has just started. */
    private CrashJournal journal() {
        return new CrashJournal(directory.resolve("trying"));
    }

    @Test
    void twoTrialsThatWereCutOff_areEnough() {
        journal().begin("mine");
        journal().begin("mine");

        assertThatThrownBy(() -> journal().begin("mine"))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("ended 2 times")
                .hasMessageContaining("left out");
        assertThatCode(() -> journal().begin("other")).doesNotThrowAnyException();
    }

    @Test
    void trialThatIsOver_leavesNothing() {
        for (int start = 0; start < 5; start++) {
            CrashJournal journal = journal();
            journal.begin("mine");
            journal.end("mine");
        }
        assertThat(directory.resolve("trying")).isEmptyDirectory();
    }

    @Test
    void sameTrial_countsOnceInAProcess() {
        CrashJournal journal = journal();
        for (int attempt = 0; attempt < 5; attempt++) {
            journal.begin("mine");
        }
        assertThatCode(() -> journal().begin("mine")).doesNotThrowAnyException();
    }

    @Test
    void processThatEndsInOrder_blamesNobody() {
        for (int start = 0; start < 5; start++) {
            CrashJournal journal = journal();
            journal.begin("mine");
            journal.endAll();
        }
        assertThatCode(() -> journal().begin("mine")).doesNotThrowAnyException();
    }

    @Test
    void whatIsToBeTriedOnceMore_isTried() {
        journal().begin("mine");
        journal().begin("mine");
        journal().end("mine");

        assertThatCode(() -> journal().begin("mine")).doesNotThrowAnyException();
    }

    @Test
    void diskThatTakesNoEntry_holdsNobodyUp() throws Exception {
        Files.writeString(directory.resolve("trying"), "a file where the directory would be");

        assertThatCode(() -> journal().begin("mine")).doesNotThrowAnyException();
        assertThatCode(() -> journal().end("mine")).doesNotThrowAnyException();
    }
}
