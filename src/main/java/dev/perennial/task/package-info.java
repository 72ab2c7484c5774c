/** The nouns everyone shares: task, label, input, answer, example, teaching; and the port to where they are kept. */
@NullMarked
package dev.perennial.task;

import org.jspecify.annotations.NullMarked;
