// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The written form of a document's number: {@code doc_} and 16 digits, so that text order is the order of adding. */
final class DocumentId {
    private static final Pattern SHAPE = Pattern.compile("doc_([0-9]{16})");

    private DocumentId() {}

    static String of(long number) {
        return String.format("doc_%016d", number);
    }

    /** The number in an id, if it is one. */
    static OptionalLong parse(String id) {
        Matcher matcher = SHAPE.matcher(id);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** The numbers of those that are ids. */
    static List<Long> numbers(Collection<String> ids) {
        return ids.stream()
                .map(DocumentId::parse)
                .filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong)
                .toList();
    }
}
