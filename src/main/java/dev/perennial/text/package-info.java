/** Characters only: the text a client sends, its limits, its normal form and its fingerprint. */
@NullMarked
package dev.perennial.text;

import org.jspecify.annotations.NullMarked;
