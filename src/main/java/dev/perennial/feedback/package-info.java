/** What is said of answers afterwards: kept answers, scores of answers before they were taught, and mistakes. */
@NullMarked
package dev.perennial.feedback;

import org.jspecify.annotations.NullMarked;
