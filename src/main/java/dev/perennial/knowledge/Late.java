// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What has not followed from changes of a graph yet. Immutable by convention: nobody changes the set.
 *
 * @param entities whose vectors are those of before, at most {@value #MOST}
 * @param more whether there are more than can be told
 */
record Late(Set<String> entities, boolean more) {
    /** More than these are not told one by one. */
    static final int MOST = 2000;

    static final Late NOTHING = new Late(Set.of(), false);
    static final Late TOO_MANY = new Late(Set.of(), true);

    /** These; or that they are too many. */
    static Late of(Set<String> entities) {
        return entities.size() > MOST ? TOO_MANY : new Late(entities, false);
    }

    Late and(Late other) {
        Set<String> all = new LinkedHashSet<>(entities);
        all.addAll(other.entities);
        return all.size() > MOST ? TOO_MANY : new Late(all, more || other.more);
    }

    Late without(Collection<String> done) {
        Set<String> left = new LinkedHashSet<>(entities);
        left.removeAll(done);
        return new Late(left, more);
    }

    Late without(Predicate<String> done) {
        Set<String> left = new LinkedHashSet<>(entities);
        left.removeIf(done);
        return new Late(left, more);
    }

    boolean isNothing() {
        return entities.isEmpty() && !more;
    }
}
