// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.util.regex.Pattern;

/**
 * A file as the store has it. What a store says is not trusted: its names stay below a directory that they are resolved
 * against.
 *
 * @param name path with {@code /} between its parts
 * @param sha256 of the content, in lower-case hex
 * @param size in bytes
 */
public record Artefact(String name, String sha256, long size) {
    private static final int LONGEST_NAME = 512;

    /** Neither {@code .} nor {@code ..}, and nothing that another file system reads as a path. */
    private static final String PART = "(?!\\.{1,2}(?:/|$))[^/\\\\:\\p{Cntrl}]{1,255}";

    private static final Pattern NAME = Pattern.compile(PART + "(?:/" + PART + ")*");
    private static final Pattern PASSING = Pattern.compile("(?:uploads|imports|members/\\.staged)(?:/.*)?");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** @throws IllegalArgumentException when no file can be that */
    public Artefact {
        if (!isName(name) || !SHA256.matcher(sha256).matches() || size < 0) {
            throw new IllegalArgumentException("no artefact is called so, has such a hash or that size");
        }
    }

    /** Whether an artefact may be called so. */
    public static boolean isName(String name) {
        return name.length() <= LONGEST_NAME && NAME.matcher(name).matches();
    }

    /** Whether what has a name, or lies below it, only waits for a job: no process that follows needs it. */
    public static boolean isPassing(String root) {
        return PASSING.matcher(root).matches();
    }

    /** Whether it has a name or lies below it. */
    public boolean isAt(String root) {
        return name.equals(root) || name.startsWith(root + "/");
    }
}
