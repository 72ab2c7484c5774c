// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * The frozen labelled rows that a task is measured with; they are never learnt from.
 *
 * @param task whose
 * @param digest SHA-256 in hex over the rows in their order: equal digests, equal rows
 * @param revision the change that stored it
 * @param rows how many it has
 * @param labels names of the labels that are right somewhere, in order
 * @param createdAt when it was stored
 */
public record Suite(
        TaskId task, String digest, RevisionId revision, long rows, List<String> labels, Instant createdAt) {
    public Suite {
        labels = List.copyOf(labels);
    }

    /**
     * A row.
     *
     * @param position among the rows of the suite, from 0
     * @param teaching what is asked, and what is right
     */
    public record Row(long position, Teaching teaching) {}

    /** What {@link #digest} is of these rows. */
    public static String digest(List<Teaching> rows) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Teaching row : rows) {
                digest.update(row.contentKey().hex().getBytes(StandardCharsets.UTF_8));
                digest.update(row.externalId().map(id -> id + "\n").orElse("\n").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
