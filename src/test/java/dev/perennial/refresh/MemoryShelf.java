// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.GraphId;
import dev.perennial.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A shelf in memory, which can be told to be away. Thread-safe. */
final class MemoryShelf implements VectorShelf {
    private final Map<String, Object> kept = new ConcurrentHashMap<>();
    private volatile boolean away;

    void setAway(boolean away) {
        this.away = away;
    }

    private static String name(GraphId graph, String use) {
        return graph.value() + "." + use;
    }

    private void requireHere() {
        if (away) {
            throw new Refusal.StoreUnavailable("The shelf is away.", 1);
        }
    }

    private <T> Optional<T> find(GraphId graph, String use, Class<T> type) {
        return Optional.ofNullable(kept.get(name(graph, use))).map(type::cast);
    }

    @Override
    public Optional<EntityVectors> derived(GraphId graph, String use) {
        return find(graph, use, EntityVectors.class);
    }

    @Override
    public EntityVectors keep(GraphId graph, String use, EntityVectors vectors) {
        kept.put(name(graph, use), vectors);
        return vectors;
    }

    @Override
    public Optional<EntityVectors> given(GraphId graph) {
        return find(graph, "given", EntityVectors.class);
    }

    @Override
    public void give(GraphId graph, EntityVectors vectors) {
        requireHere();
        kept.put(name(graph, "given"), vectors);
    }

    @Override
    public void takeBack(GraphId graph) {
        kept.remove(name(graph, "given"));
    }

    @Override
    public Optional<String> reader(GraphId graph) {
        return find(graph, "reader", String.class);
    }

    @Override
    public void readBy(GraphId graph, String member) {
        kept.put(name(graph, "reader"), member);
    }

    @Override
    public Optional<InputStream> training(GraphId graph) {
        return find(graph, "training", byte[].class).map(ByteArrayInputStream::new);
    }

    @Override
    public void keepTraining(GraphId graph, Writer writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.writeTo(out);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        kept.put(name(graph, "training"), out.toByteArray());
    }

    @Override
    public void dropTraining(GraphId graph) {
        kept.remove(name(graph, "training"));
    }

    @Override
    public Optional<InputStream> trained(GraphId graph) {
        return find(graph, "trained", byte[].class).map(ByteArrayInputStream::new);
    }

    @Override
    public void finishTraining(GraphId graph) {
        kept.put(name(graph, "trained"), kept.remove(name(graph, "training")));
    }

    @Override
    public void retain(List<GraphId> graphs) {
        kept.keySet().removeIf(name -> graphs.stream().noneMatch(graph -> name.startsWith(name(graph, ""))));
    }

    @Override
    public void remove(GraphId graph) {
        requireHere();
        kept.keySet().removeIf(name -> name.startsWith(name(graph, "")));
    }
}
