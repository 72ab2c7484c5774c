// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.refusal.Refusal;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Vectors of words or entities in a file of word2vec or Wikipedia2Vec, of which those of a graph's entities are taken.
 * A row belongs to the entity whose id is its name; one of Wikipedia2Vec, {@code ENTITY/Some_name}, also to the most
 * probable entity with this label. Memory is taken for these rows alone. Owned by one thread.
 */
public final class WordVectorsFile {
    private static final Pattern HEAD = Pattern.compile("(\\d{1,9}) (\\d{1,5})\\s*");
    private static final String ENTITY = "ENTITY/";
    private static final int LONGEST_HEAD = 64;
    private static final int LONGEST_NAME = 4096;
    private static final int LONGEST_NUMBER = 32;

    private final AliasIndex names;
    private final KnowledgeGraph graph;
    private final InputStream in;
    private final MessageDigest sha256 = StatementOrder.sha256();
    private final Set<Long> taken = new HashSet<>();
    private int dimension;
    private int row;

    private WordVectorsFile(InputStream in, AliasIndex names) {
        this.in = new BufferedInputStream(new DigestInputStream(in, sha256), 1 << 16);
        this.names = names;
        this.graph = names.graph();
    }

    /** How the numbers are written. */
    public enum Format {
        /** A row a line, numbers in digits. */
        TEXT,
        /** Numbers as little-endian floats. */
        BINARY
    }

    /**
     * Reads a file to its end.
     *
     * @return vectors of all entities that were found, which may be none; their source is the SHA-256 of the file
     * @throws Refusal.Invalid when it is not such a file, ends too early, or a vector that is taken is not of numbers
     */
    public static EntityVectors read(InputStream in, Format format, AliasIndex names) throws IOException {
        WordVectorsFile file = new WordVectorsFile(in, names);
        try {
            return file.read(format);
        } catch (EOFException half) {
            throw file.invalid("ends too early");
        }
    }

    private EntityVectors read(Format format) throws IOException {
        Matcher head = HEAD.matcher(readUntil('\n', LONGEST_HEAD));
        if (!head.matches()) {
            throw invalid("begins with something else than the number of rows and of columns");
        }
        int rows = Integer.parseInt(head.group(1));
        dimension = Integer.parseInt(head.group(2));
        if (dimension < 1 || dimension > VectorsFile.LARGEST_DIMENSION) {
            throw invalid("has vectors of an impossible length");
        }
        EntityVectorsBuilder builder = new EntityVectorsBuilder(dimension);
        for (row = 1; row <= rows; row++) {
            if (format == Format.TEXT) {
                readText(builder, row == rows);
            } else {
                readBinary(builder);
            }
        }
        if (!isAtEnd()) {
            throw invalid("goes on after the last row");
        }
        return builder.build("word vectors " + HexFormat.of().formatHex(sha256.digest()));
    }

    private void readText(EntityVectorsBuilder builder, boolean last) throws IOException {
        int most = LONGEST_NAME + dimension * LONGEST_NUMBER;
        String line = (last ? readToEnd(most) : readUntil('\n', most)).stripTrailing();
        int end = line.length();
        for (int i = 0; i < dimension; i++) {
            end = line.lastIndexOf(' ', end - 1);
            if (end <= 0) {
                throw invalid("has a row with too few numbers");
            }
        }
        Optional<String> entity = entity(line.substring(0, end));
        if (entity.isPresent()) {
            add(entity.get(), numbers(line.substring(end + 1)), builder);
        }
    }

    private float[] numbers(String words) {
        float[] vector = new float[dimension];
        int begin = 0;
        for (int i = 0; i < dimension; i++) {
            int end = i + 1 == dimension ? words.length() : words.indexOf(' ', begin);
            try {
                vector[i] = Float.parseFloat(words.substring(begin, end));
            } catch (NumberFormatException noNumber) {
                throw invalid("has a row with something else than numbers");
            }
            begin = end + 1;
        }
        return vector;
    }

    private void readBinary(EntityVectorsBuilder builder) throws IOException {
        String name = readUntil(' ', LONGEST_NAME).stripLeading();
        byte[] bytes = in.readNBytes(dimension * Float.BYTES);
        if (bytes.length < dimension * Float.BYTES) {
            throw new EOFException();
        }
        Optional<String> entity = entity(name);
        if (entity.isPresent()) {
            float[] vector = new float[dimension];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(vector);
            add(entity.get(), vector, builder);
        }
    }

    private void add(String entity, float[] vector, EntityVectorsBuilder builder) {
        boolean zero = true;
        for (float component : vector) {
            if (!Float.isFinite(component)) {
                throw invalid("has a vector with something else than finite numbers");
            }
            zero &= component == 0;
        }
        if (!zero) {
            taken.add(EntityVectors.key(entity));
            builder.add(entity, vector);
        }
    }

    /** The entity that a row is of; a row that is of it by its label gives way to one that is by its id. */
    private Optional<String> entity(String name) {
        if (graph.contains(name)) {
            return Optional.of(name);
        }
        if (!name.startsWith(ENTITY)) {
            return Optional.empty();
        }
        String title = name.substring(ENTITY.length());
        if (graph.contains(title)) {
            return Optional.of(title);
        }
        String label = title.replace('_', ' ');
        return names.candidates(label).stream()
                .map(Candidate::entity)
                .filter(entity -> graph.labels(entity).stream()
                        .anyMatch(statement -> statement.value().equalsIgnoreCase(label)))
                .findFirst()
                .filter(entity -> !taken.contains(EntityVectors.key(entity)));
    }

    private String readUntil(char end, int most) throws IOException {
        ByteSink bytes = new ByteSink(256);
        for (int next = in.read(); next != end; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            append(next, bytes, most);
        }
        return text(bytes);
    }

    /** The last line, which need not end. */
    private String readToEnd(int most) throws IOException {
        ByteSink bytes = new ByteSink(256);
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            append(next, bytes, most);
        }
        return text(bytes);
    }

    private void append(int next, ByteSink bytes, int most) {
        if (bytes.size() == most) {
            throw invalid("has a row that is too long");
        }
        bytes.add(next);
    }

    private static String text(ByteSink bytes) {
        return new String(bytes.bytes(), 0, bytes.size(), StandardCharsets.UTF_8);
    }

    private boolean isAtEnd() throws IOException {
        int next = in.read();
        while (next == '\n' || next == '\r' || next == ' ') {
            next = in.read();
        }
        return next < 0;
    }

    private Refusal.Invalid invalid(String what) {
        return new Refusal.Invalid("/vectors", "The file of vectors " + what + " (row " + row + ").");
    }
}
