// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An object without members, for what needs no body. */
@Schema(name = "Empty")
record EmptyBody() {}
