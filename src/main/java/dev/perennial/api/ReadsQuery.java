// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The query parameters that a method of a resource reads from the request by itself. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface ReadsQuery {
    /** Their names, with commas between. */
    String value();
}
