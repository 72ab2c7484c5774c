// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param items at most as many as were asked for
 * @param nextCursor asks for the next page; null on the last one
 */
public record Page<T>(List<T> items, @Nullable String nextCursor) {
    private static final int DEFAULT_ITEMS = 50;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.-]{1,80}");

    /**
     * What page is asked for.
     *
     * @param limit how many items, default 50
     * @param cursor {@code next_cursor} of the page before
     */
    public record Asked(@Nullable String limit, @Nullable String cursor) {

        int items(int largest) {
            if (limit == null) {
                return Math.min(DEFAULT_ITEMS, largest);
            }
            try {
                int items = Integer.parseInt(limit);
                if (items > largest) {
                    throw new Refusal.Invalid("", "the query parameter limit is at most " + largest);
                }
                if (items >= 1) {
                    return items;
                }
            } catch (NumberFormatException notANumber) {
                // refused below, like any other wrong number
            }
            throw new Refusal.Invalid("", "the query parameter limit must be a whole number from 1 to " + largest);
        }

        String after() {
            return after(id -> ID.matcher(id).matches());
        }

        /** The last id of the page before; empty when there is none. */
        String after(Predicate<String> isId) {
            if (cursor == null || cursor.isEmpty()) {
                return "";
            }
            try {
                String id = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
                if (isId.test(id)) {
                    return id;
                }
            } catch (IllegalArgumentException notBase64) {
                // refused below, like any other cursor that is not ours
            }
            throw new Refusal.Invalid("", "the query parameter cursor must be a next_cursor of an earlier page");
        }
    }

    /**
     * A page of what was found.
     *
     * @param items most items on the page
     * @param found one item more than that when there are more
     * @param idOf the id from which the next page goes on
     */
    static <T> Page<T> of(int items, List<T> found, Function<T, String> idOf) {
        if (found.size() <= items) {
            return new Page<>(List.copyOf(found), null);
        }
        List<T> page = List.copyOf(found.subList(0, items));
        byte[] last = idOf.apply(page.get(items - 1)).getBytes(StandardCharsets.UTF_8);
        return new Page<>(page, Base64.getUrlEncoder().withoutPadding().encodeToString(last));
    }

    /** A page of all that there is, in the order of the ids. */
    static <T> Page<T> ofAll(Asked asked, int largest, List<T> all, Function<T, String> idOf) {
        return of(
                asked,
                largest,
                (after, items) -> all.stream()
                        .filter(item -> idOf.apply(item).compareTo(after) > 0)
                        .limit(items)
                        .toList(),
                idOf);
    }

    /**
     * Reads one item more than asked for, so that the last page says that it is the last.
     *
     * @param largest most items on a page
     * @param read gives items after an id, at most so many
     * @param idOf the id by which items are ordered
     */
    public static <T> Page<T> of(
            Asked asked, int largest, BiFunction<String, Integer, List<T>> read, Function<T, String> idOf) {
        int items = asked.items(largest);
        return of(items, read.apply(asked.after(), items + 1), idOf);
    }

    /** The same page with other items. */
    public <R> Page<R> map(Function<T, R> each) {
        return new Page<>(items.stream().map(each).toList(), nextCursor);
    }
}
