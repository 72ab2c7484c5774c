// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import java.util.regex.Pattern;

/**
 * Names a tenant: lower-case letters, digits and dashes, not at an end.
 *
 * @param value 1 to 32 characters
 */
public record TenantId(String value) {
    /** As a regular expression. */
    public static final String SHAPE = "[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?";

    private static final Pattern VALID = Pattern.compile(SHAPE);

    /** The tenant that is always there, whose operators look after the others. */
    public static final TenantId DEFAULT = new TenantId("default");

    public TenantId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not an id of a tenant");
        }
    }

    public static boolean isValid(String value) {
        return VALID.matcher(value).matches();
    }

    public boolean isDefault() {
        return equals(DEFAULT);
    }

    @Override
    public String toString() {
        return value;
    }
}
