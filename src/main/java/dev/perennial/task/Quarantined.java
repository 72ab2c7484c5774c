// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

/** An example that is set apart: kept and listed, and not learnt from. */
public record Quarantined(Example example, QuarantineReason reason) {}
