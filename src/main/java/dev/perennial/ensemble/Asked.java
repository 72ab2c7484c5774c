// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.task.Input;

/**
 * One input as a stage is asked about it.
 *
 * @param input what is asked about
 * @param encoded its vectors by all members, of which those of the stage must be there
 * @param said what voices have said of it at stages before
 */
record Asked(Input input, Encoded encoded, Said said) {}
