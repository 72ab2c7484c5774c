// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.member.View;

/**
 * One way to answer: by some of the members.
 *
 * @param name how replies call it
 * @param members the members that must have read an input
 * @param voices what they say together
 */
public record Stage(String name, View members, Combination voices) {}
