// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.TableEncoder;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.refresh.CandidateShelf;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refresh.MemberRegistry;
import dev.perennial.store.DataDirectory;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Where the encoders come from that serve after start-up. */
public interface EncoderSource {

    /**
     * What was opened.
     *
     * @param encoders those that serve in any case
     * @param registry those that were registered, and may be
     * @param table the static one among them that can be refreshed, if there is one
     * @param trainer adapts them to tasks
     */
    record Opened(List<Encoder> encoders, MemberRegistry registry, Optional<Table> table, EncoderTrainer trainer) {}

    /**
     * A static encoder that can be refreshed.
     *
     * @param built as it was built, whatever serves
     * @param teacher id of the encoder that it imitates
     * @param shelf keeps what takes its place
     * @param confirmed opens what has taken its place; empty when nothing has
     */
    record Table(
            TableEncoder built, String teacher, CandidateShelf shelf, Supplier<Optional<TableEncoder>> confirmed) {}

    /**
     * Opens them.
     *
     * @param kept waits until the directory has the files that shelves keep; gives what hears of them
     * @throws dev.perennial.refusal.Refusal when one cannot serve; the detail says why
     */
    Opened open(DataDirectory directory, Supplier<KeptFiles> kept);
}
