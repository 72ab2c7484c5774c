// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.SetApart;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.Teaching;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Port: how tasks are written into one file and read from it. Implementations are thread-safe. */
public interface ExportFormat {

    /**
     * A task with all that its answers follow from, and what it is measured with.
     *
     * @param task with its policy
     * @param teachings its examples, in an order that depends on nothing but themselves
     * @param suite the rows of its suite, in their order; none where it has no suite
     * @param names that clients have given to what it is, in order
     * @param apart what it keeps and does not learn from, in its order
     * @param settings what guards and watches it
     */
    record Packed(
            Task task,
            List<Teaching> teachings,
            List<Teaching> suite,
            List<String> names,
            List<SetApart> apart,
            TaskSettings settings) {}

    /**
     * A task and what a file says of it.
     *
     * @param manifest what else has to be there, or is missing
     */
    record Exported(Packed content, Listed manifest) {}

    /**
     * What the manifest says of a task.
     *
     * @param task its name
     * @param examples how many it has
     * @param members the encoders that answer it
     * @param notIncluded what its answers follow from besides
     */
    record Listed(TaskId task, long examples, List<NeededMember> members, List<NotIncluded> notIncluded) {
        public Listed {
            members = List.copyOf(members);
            notIncluded = List.copyOf(notIncluded);
        }
    }

    /**
     * An encoder without which answers differ.
     *
     * @param id its name
     * @param digest equal digests give equal embeddings
     */
    record NeededMember(String id, String digest) {}

    /**
     * Something that stays behind.
     *
     * @param kind {@code graph} or {@code adaptation}
     * @param id its name
     */
    record NotIncluded(String kind, String id) {

        /** As results of jobs say it. */
        String toJson() {
            return new JsonText().put("kind", kind).put("id", id).toString();
        }
    }

    /**
     * Writes tasks; equal ones give equal bytes.
     *
     * @throws dev.perennial.refusal.Refusal.TooLarge when the file would be larger than one that can be read
     */
    void write(Iterator<Exported> tasks, OutputStream out) throws IOException;

    /**
     * Reads a file to its end. What comes before the end is not proven yet.
     *
     * @param each takes the tasks, in the order of the file
     * @throws dev.perennial.refusal.Refusal when it is no such file, or damaged, or beyond a limit
     */
    List<Listed> read(InputStream file, Consumer<Packed> each) throws IOException;
}
