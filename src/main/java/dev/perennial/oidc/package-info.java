/** Who asks by a token of an identity provider (OpenID Connect). */
@NullMarked
package dev.perennial.oidc;

import org.jspecify.annotations.NullMarked;
