// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.refusal.Refusal;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A small file of named tensors, big-endian: a mark, the entries of a header, the tensors, and the SHA-256 of all that.
 * Written whole or not at all, readable by its owner alone; what is read is checked as if a stranger had sent it.
 *
 * @param header short texts by key
 * @param tensors in the order of the file
 */
record TensorFile(Map<String, String> header, List<StoredTensor> tensors) {
    private static final long MARK = 0x50524E4C54534631L;
    private static final int HASH_BYTES = 32;
    private static final int MAX_ENTRIES = 10_000;
    private static final int MAX_RANK = 4;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./:#-]{1,200}");
    private static final Pattern TEXT = Pattern.compile("[\\x20-\\x7E]{0,400}");

    TensorFile {
        header = Map.copyOf(header);
        tensors = List.copyOf(tensors);
    }

    void write(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path beside = Files.getFileStore(directory).supportsFileAttributeView("posix")
                ? Files.createTempFile(
                        directory,
                        ".writing",
                        "",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(directory, ".writing", "");
        try {
            writeForced(beside);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** A loss of power after the name is there leaves no file that is not whole. */
    private void writeForced(Path beside) throws IOException {
        try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
            writeTo(Channels.newOutputStream(channel));
            channel.force(true);
        }
    }

    byte[] content() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writeTo(bytes);
        return bytes.toByteArray();
    }

    /** A tensor at a time, because all together may be as much as the heap has to spare. */
    private void writeTo(OutputStream to) throws IOException {
        MessageDigest digest = sha256();
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new DigestOutputStream(to, digest)));
        out.writeLong(MARK);
        out.writeInt(header.size());
        for (Map.Entry<String, String> entry : new TreeMap<>(header).entrySet()) {
            writeText(entry.getKey(), out);
            writeText(entry.getValue(), out);
        }
        out.writeInt(tensors.size());
        for (StoredTensor tensor : tensors) {
            write(tensor, out);
        }
        out.flush();
        to.write(digest.digest());
    }

    private static void write(StoredTensor tensor, DataOutputStream out) throws IOException {
        writeText(tensor.name(), out);
        out.writeInt(tensor.shape().length);
        for (long length : tensor.shape()) {
            out.writeInt(Math.toIntExact(length));
        }
        int[] positions = tensor.positions().orElse(new int[0]);
        out.writeInt(tensor.positions().isPresent() ? positions.length : -1);
        ByteBuffer numbers = ByteBuffer.allocate((positions.length + tensor.values().length) * Float.BYTES);
        for (int position : positions) {
            numbers.putInt(position);
        }
        for (float value : tensor.values()) {
            numbers.putFloat(value);
        }
        out.write(numbers.array());
    }

    private static void writeText(String text, DataOutputStream out) throws IOException {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        out.writeShort(ascii.length);
        out.write(ascii);
    }

    /**
     * @param mostBytes of the file
     * @throws Refusal.Invalid when it is not such a file, or was changed
     */
    static TensorFile read(Path file, long mostBytes) throws IOException {
        if (Files.size(file) > mostBytes) {
            throw damaged("it is too large");
        }
        return of(Files.readAllBytes(file));
    }

    static TensorFile of(byte[] content) {
        int end = content.length - HASH_BYTES;
        if (end < Long.BYTES) {
            throw damaged("it is too short");
        }
        ByteBuffer in = ByteBuffer.wrap(content, 0, end);
        byte[] hash = sha256(in.duplicate());
        if (!MessageDigest.isEqual(hash, java.util.Arrays.copyOfRange(content, end, content.length))) {
            throw damaged("its hash is not that of what it holds");
        }
        try {
            return read(in);
        } catch (BufferUnderflowException e) {
            throw damaged("it ends too early");
        }
    }

    private static TensorFile read(ByteBuffer in) {
        require(in.getLong() == MARK, "it is of another kind");
        Map<String, String> header = new TreeMap<>();
        for (int left = count(in); left > 0; left--) {
            header.put(text(in, NAME), text(in, TEXT));
        }
        List<StoredTensor> tensors = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            tensors.add(tensor(in));
        }
        require(!in.hasRemaining(), "something follows its end");
        require(
                tensors.stream().map(StoredTensor::name).distinct().count() == tensors.size(),
                "two tensors have one name");
        return new TensorFile(header, tensors);
    }

    private static int count(ByteBuffer in) {
        int count = in.getInt();
        require(count >= 0 && count <= MAX_ENTRIES, "it has too many entries");
        return count;
    }

    private static String text(ByteBuffer in, Pattern allowed) {
        byte[] ascii = new byte[Math.min(Short.toUnsignedInt(in.getShort()), in.remaining())];
        in.get(ascii);
        String text = new String(ascii, StandardCharsets.US_ASCII);
        require(allowed.matcher(text).matches(), "it holds a text that none of its kind has");
        return text;
    }

    private static StoredTensor tensor(ByteBuffer in) {
        String name = text(in, NAME);
        int rank = in.getInt();
        require(rank >= 0 && rank <= MAX_RANK, "a tensor has too many axes");
        long[] shape = new long[rank];
        long numbers = 1;
        for (int axis = 0; axis < rank; axis++) {
            shape[axis] = in.getInt();
            require(shape[axis] >= 1, "a tensor has an empty axis");
            numbers *= shape[axis];
            require(numbers <= Integer.MAX_VALUE, "a tensor is too large");
        }
        int kept = in.getInt();
        Optional<int[]> positions = Optional.empty();
        if (kept >= 0) {
            positions = Optional.of(positions(in, kept, numbers));
        }
        return new StoredTensor(name, shape, positions, values(in, kept >= 0 ? kept : numbers));
    }

    private static int[] positions(ByteBuffer in, int count, long numbers) {
        require((long) count * Float.BYTES <= in.remaining(), "it ends too early");
        int[] positions = new int[count];
        int last = -1;
        for (int i = 0; i < count; i++) {
            positions[i] = in.getInt();
            require(positions[i] > last && positions[i] < numbers, "positions are out of order");
            last = positions[i];
        }
        return positions;
    }

    private static float[] values(ByteBuffer in, long count) {
        require(count * Float.BYTES <= in.remaining(), "it ends too early");
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getFloat();
            require(Float.isFinite(values[i]), "it holds a number that is not finite");
        }
        return values;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw damaged(otherwise);
        }
    }

    private static Refusal.Invalid damaged(String reason) {
        return new Refusal.Invalid("/adapter", "The file of tensors cannot be used: " + reason + ".");
    }

    private static byte[] sha256(ByteBuffer bytes) {
        MessageDigest digest = sha256();
        digest.update(bytes);
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
