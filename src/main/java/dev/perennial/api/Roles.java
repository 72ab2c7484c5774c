// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** Names of {@link dev.perennial.access.Role roles} for annotations, which take constants only. */
public final class Roles {
    public static final String READER = "reader";
    public static final String TEACHER = "teacher";
    public static final String OPERATOR = "operator";

    private Roles() {}
}
