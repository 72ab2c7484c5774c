// SPDX-License-Identifier: Apache-2.0
package dev.perennial.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A short, seeded run of a fuzz test where Jazzer does not guide it: the seeds as they are, every input that once broke
 * it, and some hundred changed ones.
 *
 * <p>Inputs that once broke a test are files in the folder of resources that Jazzer reads too: the name of the class
 * with {@code Inputs} after it.
 */
public final class MutatedSeeds {
    private static final long SEED = Long.getLong("perennial.seed", 20261123);
    private static final int ROUNDS = Integer.getInteger("perennial.fuzz.rounds", 400);
    private static final int MOST_CHANGES = 4;
    private static final byte[] TELLING =
            "\0\1\u007F\"{}[]<>,:;\\/&%#'=\n\r\t -+.0123456789eE\uFEFF".getBytes(StandardCharsets.UTF_8);

    private final Random random = new Random(SEED);
    private final List<byte[]> seeds;

    private MutatedSeeds(List<byte[]> seeds) {
        this.seeds = seeds;
    }

    /** What has to hold for every input. */
    @FunctionalInterface
    public interface Property {
        void check(byte[] input) throws Exception;
    }

    /** Seeds that are texts. */
    public static Stream<byte[]> texts(String... texts) {
        return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same texts for each of several readers, whose number is the first byte. */
    public static Stream<byte[]> numbered(int readers, String... texts) {
        return Stream.iterate(0, reader -> reader < readers, reader -> reader + 1)
                .flatMap(reader -> texts(texts).map(text -> numbered(reader, text)));
    }

    /** An input whose first byte is a number. */
    public static byte[] numbered(int number, byte[] rest) {
        byte[] input = new byte[rest.length + 1];
        input[0] = (byte) number;
        System.arraycopy(rest, 0, input, 1, rest.length);
        return input;
    }

    /** Checks what Jazzer would begin with, and what comes of it by chance. */
    public static void check(Class<?> test, Stream<byte[]> seeds, Property property) {
        List<byte[]> all = new ArrayList<>(seeds.toList());
        all.addAll(kept(test));
        System.out.println("perennial.seed=" + SEED);
        MutatedSeeds some = new MutatedSeeds(all);
        all.forEach(seed -> check(seed, property));
        for (int round = 0; round < ROUNDS; round++) {
            check(some.next(), property);
        }
    }

    private static void check(byte[] input, Property property) {
        try {
            property.check(input.clone());
        } catch (Exception | Error broken) {
            throw new AssertionError("broken by " + Base64.getEncoder().encodeToString(input), broken);
        }
    }

    private static List<byte[]> kept(Class<?> test) {
        URL folder = test.getResource(test.getSimpleName() + "Inputs");
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(Path.of(folder.toURI()))) {
            List<byte[]> inputs = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                inputs.add(Files.readAllBytes(file));
            }
            return inputs;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private byte[] next() {
        byte[] input = one();
        for (int left = 1 + random.nextInt(MOST_CHANGES); left > 0; left--) {
            input = changed(input);
        }
        return input;
    }

    private byte[] one() {
        return seeds.get(random.nextInt(seeds.size())).clone();
    }

    private byte[] changed(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int end = Math.min(input.length, at + 1 + random.nextInt(16));
        return switch (random.nextInt(7)) {
            case 0 -> joined(input, at, new byte[] {TELLING[random.nextInt(TELLING.length)]}, at);
            case 1 -> joined(input, at, new byte[0], end);
            case 2 -> joined(input, at, Arrays.copyOfRange(input, at, end), at);
            case 3 -> Arrays.copyOf(input, at);
            case 4 -> {
                byte[] other = one();
                yield joined(input, at, Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length), end);
            }
            case 5 -> joined(input, at, filled(end - at), end);
            default -> {
                byte[] flipped = input.clone();
                if (at < flipped.length) {
                    flipped[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                }
                yield flipped;
            }
        };
    }

    private byte[] filled(int length) {
        byte[] same = new byte[length];
        Arrays.fill(same, (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256)));
        return same;
    }

    private static byte[] joined(byte[] input, int keep, byte[] between, int from) {
        byte[] joined = new byte[keep + between.length + input.length - from];
        System.arraycopy(input, 0, joined, 0, keep);
        System.arraycopy(between, 0, joined, keep, between.length);
        System.arraycopy(input, from, joined, keep + between.length, input.length - from);
        return joined;
    }
}
