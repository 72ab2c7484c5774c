// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

/** Names of {@link dev.perennial.access.Role roles} for annotations, which take constants only. */
public final class Roles {
    public static final String READER = "reader";
    public static final String TEACHER = "teacher";
    public static final String OPERATOR = "operator";

    /** An operator of the default tenant, who looks after what all tenants share. */
    public static final String ADMINISTRATOR = "administrator";

    /** Anybody of the default tenant, who may see what the service does as a whole. */
    public static final String OF_DEFAULT_TENANT = "default-tenant";

    private Roles() {}
}
