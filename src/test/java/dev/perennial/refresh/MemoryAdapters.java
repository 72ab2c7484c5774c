// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Keeps adapters in memory. */
final class MemoryAdapters implements AdapterShelf {
    private final List<Kept> all = new ArrayList<>();
    private final List<Past> past = new ArrayList<>();
    private int keeps;

    @Override
    public void keep(Kept kept) {
        all.add(kept);
        keeps++;
    }

    /** How many were kept, whether they still are or not. */
    int keeps() {
        return keeps;
    }

    @Override
    public List<Kept> kept() {
        return List.copyOf(all);
    }

    @Override
    public List<Past> past() {
        return List.copyOf(past);
    }

    @Override
    public void remove(String id) {
        all.removeIf(kept -> kept.id().equals(id));
        past.removeIf(one -> one.kept().id().equals(id));
    }

    @Override
    public void setAside(String id, Set<String> digests) {
        kept().stream().filter(kept -> kept.id().equals(id)).forEach(kept -> {
            all.remove(kept);
            past.add(new Past(kept, digests));
        });
    }
}
