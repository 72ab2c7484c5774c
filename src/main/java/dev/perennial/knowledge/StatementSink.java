// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

/** Takes what is read from a file. Not thread-safe. */
public interface StatementSink {

    /** Takes a statement. */
    void accept(Statement statement);

    /**
     * Notes something that cannot be read; the reader goes on behind it.
     *
     * @param line number of its line, from 1; 0 where there are no lines
     * @param detail what is wrong, as the end of a sentence that begins with the line; never contains client text
     * @throws dev.perennial.refusal.Refusal.Invalid when nothing may be left out
     */
    void fault(long line, String detail);
}
