// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refusal;

/**
 * One thing that is wrong with a request.
 *
 * @param pointer JSON Pointer (RFC 6901) of the member at fault, {@code ""} for the whole document
 * @param detail what is wrong and what to send instead; never contains client text
 */
public record Fault(String pointer, String detail) {}
