// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.TableEncoder;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.refresh.CandidateShelf;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refresh.MemberRegistry;
import dev.perennial.store.DataDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Where the encoders come from that serve after start-up. */
public interface EncoderSource {

    /**
     * What serves a tenant.
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

    /** Encoders that all tenants share, and what each adds to them. */
    interface Shared {

        /** Those of the release and of the configuration. */
        List<Encoder> encoders();

        /**
         * What serves one tenant: these, and what it has in the place of some.
         *
         * @param directory its data directory
         * @param kept hears of files that its other processes need; they are in the directory
         */
        Opened of(DataDirectory directory, KeptFiles kept);
    }

    /**
     * Opens them.
     *
     * @param models where those of the release are unpacked, unless the configuration says otherwise
     * @throws dev.perennial.refusal.Refusal when one cannot serve; the detail says why
     */
    Shared open(Path models);
}
