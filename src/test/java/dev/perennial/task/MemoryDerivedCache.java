// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A {@link DerivedCache} for as long as the process lives. */
public final class MemoryDerivedCache implements DerivedCache {
    private final Map<String, byte[]> contentByName = new ConcurrentHashMap<>();

    @Override
    public void put(String name, byte[] content) {
        contentByName.put(name, content.clone());
    }

    @Override
    public Optional<byte[]> get(String name) {
        return Optional.ofNullable(contentByName.get(name)).map(byte[]::clone);
    }

    @Override
    public void remove(String name) {
        contentByName.remove(name);
    }

    @Override
    public Set<String> names() {
        return Set.copyOf(contentByName.keySet());
    }
}
