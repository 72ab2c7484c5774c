// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.GraphReading.Columns;
import dev.perennial.knowledge.GraphReading.Limits;
import dev.perennial.knowledge.GraphReading.Naming;
import dev.perennial.knowledge.Provenance;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is to be imported into a graph, as it is kept until that is done.
 *
 * <p>Bytes: format version, then the parts in their order; strings as {@link DataOutputStream#writeUTF} writes them,
 * numbers big-endian.
 *
 * @param upload name of the file; empty for what is inside the service
 * @param provenance where the statements come from
 * @param skipping whether what cannot be read is left out; otherwise it undoes the import
 * @param reading how the file is read
 */
public record GraphImport(Optional<String> upload, Provenance provenance, boolean skipping, GraphReading reading) {
    private static final int VERSION = 1;

    /** The same of a file. */
    public GraphImport of(String file) {
        return new GraphImport(Optional.of(file), provenance, skipping, reading);
    }

    /** The form in which it is stored. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            write(out, upload);
            out.writeUTF(provenance.source());
            out.writeUTF(provenance.origin());
            out.writeUTF(provenance.licence());
            out.writeDouble(provenance.trust());
            out.writeBoolean(skipping);
            out.writeUTF(reading.form().name());
            write(out, reading.base());
            out.writeUTF(reading.language());
            write(out, reading.naming().labels());
            write(out, reading.naming().aliases());
            write(out, reading.naming().descriptions());
            write(out, reading.columns().entity());
            write(out, reading.columns().labels());
            write(out, reading.columns().aliases());
            write(out, reading.columns().descriptions());
            write(out, reading.columns().relations());
            out.writeInt(reading.limits().idChars());
            out.writeInt(reading.limits().literalBytes());
            out.writeInt(reading.limits().jsonBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @param nodes begins the ids of nodes without a name
     */
    static GraphImport of(byte[] bytes, String nodes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IllegalStateException("a graph import of format " + version);
            }
            Optional<String> upload = optional(in);
            Provenance provenance = new Provenance(in.readUTF(), in.readUTF(), in.readUTF(), in.readDouble());
            boolean skipping = in.readBoolean();
            GraphReading reading = new GraphReading(
                    GraphForm.valueOf(in.readUTF()),
                    optional(in),
                    nodes,
                    in.readUTF(),
                    new Naming(set(in), set(in), set(in)),
                    new Columns(optional(in), set(in), set(in), set(in), set(in)),
                    new Limits(in.readInt(), in.readInt(), in.readInt()));
            return new GraphImport(upload, provenance, skipping, reading);
        } catch (IOException cutOff) {
            throw new UncheckedIOException("a graph import is cut off", cutOff);
        }
    }

    private static void write(DataOutputStream out, Optional<String> value) throws IOException {
        out.writeBoolean(value.isPresent());
        if (value.isPresent()) {
            out.writeUTF(value.get());
        }
    }

    private static void write(DataOutputStream out, Set<String> values) throws IOException {
        out.writeInt(values.size());
        for (String value : new TreeSet<>(values)) {
            out.writeUTF(value);
        }
    }

    private static Optional<String> optional(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(in.readUTF()) : Optional.empty();
    }

    private static Set<String> set(DataInputStream in) throws IOException {
        Set<String> values = new TreeSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            values.add(in.readUTF());
        }
        return values;
    }
}
