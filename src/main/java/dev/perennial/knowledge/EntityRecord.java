// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.knowledge.Statement.Aspect;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A place in packed bytes that moves over what is stated about one entity: first its words (names, descriptions), the
 * preferred first, then its relations. Owned by one thread.
 *
 * <p>Packed are: the number of words; each as aspect, language, count, length and UTF-8; the number of relations; each
 * as the relation's and the other entity's number. All numbers as in {@link ByteSink#addNumber}.
 */
final class EntityRecord {
    /** Of an entity that nothing is stated about. */
    static final byte[] NOTHING = {0, 0};

    /** Aspects of words; the place of one is its number. */
    private static final List<Aspect> ASPECTS = List.of(Aspect.LABEL, Aspect.ALIAS, Aspect.DESCRIPTION);

    private static final int SEVEN_BITS = 0x7f;

    private final byte[] bytes;
    private int at;
    private int left;
    private boolean inWords = true;

    private Aspect aspect = Aspect.LABEL;
    private int language;
    private int count;
    private int begin;
    private int relation;
    private int other;

    /** The number of an aspect; -1 for one that is not of words. */
    static int number(Aspect aspect) {
        return ASPECTS.indexOf(aspect);
    }

    EntityRecord(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
        this.left = number();
    }

    /** Moves to the next words; false when there are no more. */
    boolean nextWords() {
        if (!inWords || left == 0) {
            return false;
        }
        left--;
        aspect = ASPECTS.get(bytes[at++]);
        language = number();
        count = number();
        int length = number();
        begin = at;
        at += length;
        return true;
    }

    /** Moves to the next relation, past all words; false when there are no more. */
    boolean nextRelation() {
        if (inWords) {
            skipWords();
            inWords = false;
            left = number();
        }
        if (left == 0) {
            return false;
        }
        left--;
        relation = number();
        other = number();
        return true;
    }

    private void skipWords() {
        for (; left > 0; left--) {
            at++;
            number();
            number();
            int length = number();
            at += length;
        }
    }

    Aspect aspect() {
        return aspect;
    }

    int language() {
        return language;
    }

    int count() {
        return count;
    }

    String words() {
        return new String(bytes, begin, at - begin, StandardCharsets.UTF_8);
    }

    int relation() {
        return relation;
    }

    int other() {
        return other;
    }

    /** Whether it names the entity. */
    boolean isName() {
        return aspect == Aspect.LABEL || aspect == Aspect.ALIAS;
    }

    private int number() {
        int number = 0;
        int shift = 0;
        byte next = bytes[at++];
        while (next < 0) {
            number |= (next & SEVEN_BITS) << shift;
            shift += Byte.SIZE - 1;
            next = bytes[at++];
        }
        return number | (next << shift);
    }
}
