// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.learn.FakeTrainer;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.store.DataDirectory;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Encoders without models, so that tests over HTTP start at once. */
@Mock
@Singleton
public final class FakeEncoderSource implements EncoderSource {

    @Override
    public Opened open(DataDirectory directory, Supplier<KeptFiles> kept) {
        return new Opened(
                List.of(new FakeEncoder("fake-one"), new FakeEncoder("fake-two")),
                new FakeRegistry(directory.path().resolve("fake-members")),
                Optional.empty(),
                new FakeTrainer("adapted"));
    }
}
