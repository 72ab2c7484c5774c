// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which code points the native tokenizer treats how, read from {@code word-piece-characters.txt}; that file says why
 * they are not asked of {@link Character}.
 */
final class CharacterRanges {
    private static final String FILE = "word-piece-characters.txt";
    private static final int HEXADECIMAL = 16;
    private static final Pattern RANGE =
            Pattern.compile("([0-9a-f]+)(?:\\.\\.([0-9a-f]+))?(?:/([0-9]))?([+-][0-9a-f]+)?");

    private final Map<String, List<Range>> byName;

    private CharacterRanges(Map<String, List<Range>> byName) {
        this.byName = byName;
    }

    /**
     * Code points with what is said of them.
     *
     * @param first the first one
     * @param last the last one
     * @param step distance between two neighbours
     * @param shift what has to be added to get their lower-case letters, or 0
     */
    record Range(int first, int last, int step, int shift) {
        private static Range parse(String text) {
            Matcher parts = RANGE.matcher(text);
            if (!parts.matches()) {
                throw new IllegalStateException(FILE + " has a malformed range");
            }
            int first = Integer.parseInt(parts.group(1), HEXADECIMAL);
            return new Range(
                    first,
                    parts.group(2) == null ? first : Integer.parseInt(parts.group(2), HEXADECIMAL),
                    parts.group(3) == null ? 1 : Integer.parseInt(parts.group(3)),
                    parts.group(4) == null ? 0 : Integer.parseInt(parts.group(4), HEXADECIMAL));
        }

        void forEach(IntConsumer consumer) {
            for (int point = first; point <= last; point += step) {
                consumer.accept(point);
            }
        }
    }

    static CharacterRanges read() {
        try (InputStream stream = CharacterRanges.class.getResourceAsStream(FILE)) {
            if (stream == null) {
                throw new IllegalStateException(FILE + " is not on the class path");
            }
            return parse(new String(stream.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static CharacterRanges parse(String text) {
        Map<String, List<Range>> byName = new HashMap<>();
        List<Range> ranges = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.endsWith(":")) {
                ranges = new ArrayList<>();
                byName.put(line.substring(0, line.length() - 1), ranges);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                for (String range : line.strip().split(" ", -1)) {
                    ranges.add(Range.parse(range));
                }
            }
        }
        return new CharacterRanges(byName);
    }

    /** The ranges under a heading of the file. */
    List<Range> named(String heading) {
        return byName.getOrDefault(heading, List.of());
    }
}
