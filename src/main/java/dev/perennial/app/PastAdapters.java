// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.learn.Adaptation;
import dev.perennial.learn.EncoderTrainer;
import dev.perennial.learn.PastEncoders;
import dev.perennial.refresh.AdaptationJob;
import dev.perennial.refresh.AdapterShelf.Kept;
import dev.perennial.refresh.AdapterShelf.Past;
import dev.perennial.refusal.Refusal;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Adapted encoders that are set aside, opened when somebody goes back to them. One that answers nothing any more is let
 * go of. Thread-safe.
 */
final class PastAdapters implements PastEncoders {
    private static final Logger LOG = Logger.getLogger(PastAdapters.class);

    private final AdapterFiles shelf;
    private final EncoderTrainer trainer;
    private final Encoders encoders;
    private final Map<String, WeakReference<Encoder>> openById = new HashMap<>();

    PastAdapters(AdapterFiles shelf, EncoderTrainer trainer, Encoders encoders) {
        this.shelf = shelf;
        this.trainer = trainer;
        this.encoders = encoders;
    }

    @Override
    public synchronized Optional<Adaptation> find(String digest) {
        if (!shelf.isPast(digest)) {
            return Optional.empty();
        }
        return shelf.past().stream()
                .filter(past -> past.digests().contains(digest))
                .map(Past::kept)
                .findFirst()
                .flatMap(kept -> open(kept).map(encoder -> AdaptationJob.adaptation(kept, encoder)));
    }

    @Override
    public boolean has(String digest) {
        return shelf.isPast(digest);
    }

    private Optional<Encoder> open(Kept kept) {
        Optional<Encoder> open = Optional.ofNullable(openById.get(kept.id())).map(WeakReference::get);
        if (open.isPresent()) {
            return open;
        }
        try {
            Optional<Encoder> opened = encoders.find(kept.member())
                    .filter(base -> base.info().digest().equals(kept.base()))
                    .map(base -> trainer.open(base, kept.adapter()));
            opened.ifPresent(encoder -> openById.put(kept.id(), new WeakReference<>(encoder)));
            return opened;
        } catch (Refusal refused) {
            LOG.warnf("Member %s as it was adapted before cannot be opened: %s", kept.member(), refused.getMessage());
            return Optional.empty();
        }
    }
}
