// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.jina;

import dev.perennial.api.RequestIds;
import dev.perennial.task.TaskId;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Ids of the tasks that Jina's requests make: UUIDs, as Jina's clients expect, of version 8, which is free for such
 * uses, so that no other task is taken for one of them. Thread-safe.
 */
@Singleton
public final class MadeIds {
    private static final Pattern SHAPE =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}");

    private final RequestIds ids;

    public MadeIds(RequestIds ids) {
        this.ids = ids;
    }

    /**
     * The next id: when it was made, and a part that two servers do not share.
     *
     * @param request the bytes of the request that makes the task
     */
    TaskId next(byte[] request) {
        String time = ids.next("");
        String digest = HexFormat.of().formatHex(sha256().digest(request));
        return new TaskId(time.substring(0, 8) + "-" + time.substring(8, 12) + "-8" + time.substring(12, 15) + "-a"
                + time.charAt(15) + digest.substring(0, 2) + "-" + digest.substring(2, 14));
    }

    static boolean isOne(TaskId id) {
        return SHAPE.matcher(id.value()).matches();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
