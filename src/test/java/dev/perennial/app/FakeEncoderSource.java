// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.learn.FakeTrainer;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.store.DataDirectory;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Encoders without models, so that tests over HTTP start at once. */
@Mock
@Singleton
public final class FakeEncoderSource implements EncoderSource {

    @Override
    public Shared open(Path models) {
        return new FakeShared(List.of(new FakeEncoder("fake-one"), new FakeEncoder("fake-two")));
    }

    /** Shared by all tenants. */
    record FakeShared(List<Encoder> encoders) implements Shared {

        @Override
        public Opened of(DataDirectory directory, KeptFiles kept) {
            return new Opened(
                    encoders,
                    new FakeRegistry(directory.path().resolve("fake-members")),
                    Optional.empty(),
                    new FakeTrainer("adapted"));
        }
    }
}
