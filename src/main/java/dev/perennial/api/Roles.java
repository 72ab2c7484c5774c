// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** Names of {@link dev.perennial.access.Role roles} for annotations, which take constants only. */
final class Roles {
    static final String READER = "reader";
    static final String TEACHER = "teacher";
    static final String OPERATOR = "operator";

    private Roles() {}
}
