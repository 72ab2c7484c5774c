// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.perennial.encode.Passage;
import dev.perennial.text.Text;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the largest text that is taken costs, whatever it is written in: work is counted, not time. */
final class LargestTextTest {
    private static final int CHARS = 4_000;
    private static final int WINDOW = 128;
    private static final int MOST_READ = 8 * WINDOW;

    /**
     * Some for each character, which a letter of Hangul takes that falls into three; not some for each pair of them.
     */
    private static final long MOST_BYTES_A_CHAR = 100;

    @TempDir
    private Path directory;

    /** What a text is made of, again and again. */
    enum Script {
        LATIN("the quick brown fox jumps over the lazy dog "),
        ONE_WORD("a"),
        SPACES(" \t\u3000\u00a0"),
        CJK("\u4e2d\u6587\u5b57"),
        HANGUL("\ud55c\uad6d\uc5b4"),
        MARKS("a" + "\u0301\u0323".repeat(50)),
        DEVANAGARI("\u0928\u092e\u0938\u094d\u0924\u0947 "),
        ARABIC("\ufdfa\u0645\u064e\u0631 "),
        EMOJI("\ud83d\udc69\u200d\ud83d\udd2c\ud83c\udffd"),
        PUNCTUATION("?!.[]"),
        EXPANDING("\u1e9b\u0323\u0390\ufb03");

        private final String unit;

        Script(String unit) {
            this.unit = unit;
        }

        String text(int chars) {
            StringBuilder text = new StringBuilder("x");
            while (text.length() + unit.length() <= chars) {
                text.append(unit);
            }
            return text.toString();
        }
    }

    private PassageTokenizer tokenizer() throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), TinyModel.tokenizer(json -> {}));
        return PassageTokenizer.open(file, "", WINDOW);
    }

    @ParameterizedTest
    @EnumSource
    void noMoreTokensComeOfIt_thanTheWindowHas_andItsEndIsNotRead(Script script) throws IOException {
        String text = script.text(CHARS);
        assertThat(Text.flawIn(text, CHARS)).isEmpty();
        try (PassageTokenizer tokenizer = tokenizer()) {
            TokenizedPassage read = tokenizer.tokenize(Passage.of(text));
            assertThat(read.ids().length).isLessThanOrEqualTo(WINDOW);
            assertThat(read.truncated()).isTrue();
            String other = text.substring(0, MOST_READ) + "?".repeat(CHARS);
            assertThat(tokenizer.tokenize(Passage.of(other)).ids()).isEqualTo(read.ids());
        }
        assertThat(new TextWindow("", WINDOW).first(Passage.of(text))).hasSizeLessThanOrEqualTo(MOST_READ);
    }

    /** What is allocated follows from the work alone, so that it does not depend on who else uses the machine. */
    @Test
    void memoryThatReadingTakes_growsWithTheTextAlone_whateverTheScript() throws IOException {
        Map<Script, Long> bytes = new TreeMap<>();
        try (PassageTokenizer tokenizer = tokenizer()) {
            for (Script script : Script.values()) {
                String text = script.text(CHARS);
                read(tokenizer, text);
                bytes.put(script, read(tokenizer, text));
            }
        }
        System.out.println("Bytes that the reading of a text takes: " + bytes);
        bytes.forEach(
                (script, taken) -> assertThat(taken / CHARS).as("%s", script).isLessThan(MOST_BYTES_A_CHAR));
    }

    private static long read(PassageTokenizer tokenizer, String text) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertThat(Text.flawIn(text, CHARS)).isEmpty();
        TokenizedPassage unused = tokenizer.tokenize(Passage.of(new Text(text).value()));
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }
}
