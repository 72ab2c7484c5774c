// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Which encoders were being tried when a process ended. A trial is on disk before it begins and gone when it is over,
 * so that what is found at a start was cut off, and the encoder may be why: native code that fails takes the process
 * along. After two of them the encoder is left out, which ends a service that dies at each start. Thread-safe.
 *
 * <p>An encoder is tried when it is opened, and from the first use of a registration until its tasks have learnt with
 * it. A disk that takes no entry holds nobody up.
 */
final class CrashJournal {
    private static final Logger LOG = Logger.getLogger(CrashJournal.class);
    private static final int MOST_CUT_OFF = 2;

    private final Path directory;

    /** Begun by this process. */
    private final Set<String> trying = new HashSet<>();

    /** @param directory created when it is needed; holds nothing else */
    CrashJournal(Path directory) {
        this.directory = directory;
    }

    /**
     * Notes that a trial begins, unless this process is in the midst of it.
     *
     * @throws Refusal.Invalid when two were cut off
     */
    synchronized void begin(String id) {
        if (trying.contains(id)) {
            return;
        }
        if (cutOff(id) >= MOST_CUT_OFF) {
            throw new Refusal.Invalid(
                    "",
                    "The process ended " + MOST_CUT_OFF + " times while this member was being tried, so that it is left"
                            + " out. Register it again to try once more, or remove it.");
        }
        trying.add(id);
        try {
            note(id);
        } catch (IOException full) {
            LOG.warnf("Member %s is tried without an entry in the journal, which cannot be written", id);
        }
    }

    /** Notes that a trial is over, or that what was cut off does not count any more. */
    synchronized void end(String id) {
        trying.remove(id);
        try {
            Files.deleteIfExists(directory.resolve(id));
        } catch (IOException kept) {
            LOG.warnf("The entry of member %s in the journal of trials cannot be removed", id);
        }
    }

    /** The process ends in order: what is being tried is not why. */
    synchronized void endAll() {
        List.copyOf(trying).forEach(this::end);
    }

    private int cutOff(String id) {
        try {
            Path entries = directory.resolve(id);
            return Files.exists(entries) ? Files.readAllLines(entries).size() : 0;
        } catch (IOException unreadable) {
            return 0;
        }
    }

    private void note(String id) throws IOException {
        try (FileChannel entries = FileChannel.open(
                Files.createDirectories(directory).resolve(id),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND)) {
            ByteBuffer line = ByteBuffer.wrap(("trying " + id + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                entries.write(line);
            }
            entries.force(true);
        }
        Synced.directory(directory);
    }
}
