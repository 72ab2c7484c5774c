// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.util.List;

/**
 * A knowledge graph that serves, and goes on serving while what it knows changes: every request sees one state of it,
 * and the next request the next one. What {@link #info} says changes with it, but for the id and the dimension. Safe
 * for concurrent use.
 */
public final class LiveGraph implements LinkingEncoder {
    private volatile LinkingEncoder current;

    public LiveGraph(LinkingEncoder first) {
        this.current = first;
    }

    /** What it knows now; never changes. */
    public LinkingEncoder snapshot() {
        return current;
    }

    /**
     * Knows something else from now on.
     *
     * @param next of the same graph, with vectors of the same space
     */
    public synchronized void become(LinkingEncoder next) {
        if (!fits(next)) {
            throw new IllegalArgumentException("vectors of another graph or of another length");
        }
        current = next;
    }

    /** Whether {@link #become} takes this. */
    public boolean fits(LinkingEncoder next) {
        return next.info().id().equals(info().id())
                && next.info().dimension() == info().dimension()
                && next.space().equals(space());
    }

    @Override
    public EncoderInfo info() {
        return current.info();
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        return current.encode(passages);
    }

    @Override
    public List<LinkedEntity> links(Passage passage) {
        return current.links(passage);
    }

    @Override
    public String space() {
        return current.space();
    }

    @Override
    public LinkingEncoder shuffled(long seed) {
        return current.shuffled(seed);
    }

    /** Nothing is held that would have to be given back. */
    @Override
    public void close() {}
}
