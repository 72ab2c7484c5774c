// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.SourceName;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a large teaching, as they are kept until they are taught.
 *
 * <p>Bytes: format version, the rejected rows, the teachings; strings as length and UTF-8, numbers big-endian.
 *
 * @param teachings rows that passed every check, in order
 * @param rejected rows that did not, at most as many as are reported
 * @param rejectedTotal how many did not
 */
public record TeachingPayload(List<Teaching> teachings, List<Rejected> rejected, long rejectedTotal) {
    private static final int VERSION = 2;

    /** A release before has written it, which knew of no sources. */
    private static final int WITHOUT_SOURCES = 1;

    /**
     * @param index position of the row in the upload, from 0
     * @param detail why; never contains client text
     */
    public record Rejected(long index, String detail) {}

    public TeachingPayload {
        teachings = List.copyOf(teachings);
        rejected = List.copyOf(rejected);
    }

    /** The form in which it is stored. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(rejectedTotal);
            out.writeInt(rejected.size());
            for (Rejected row : rejected) {
                out.writeLong(row.index());
                write(out, row.detail());
            }
            out.writeInt(teachings.size());
            for (Teaching teaching : teachings) {
                write(out, teaching);
                write(out, teaching.source().map(SourceName::value));
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #toBytes} wrote. */
    public static TeachingPayload of(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION && version != WITHOUT_SOURCES) {
                throw new IllegalStateException("a teaching payload of format " + version);
            }
            long rejectedTotal = in.readLong();
            List<Rejected> rejected = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                rejected.add(new Rejected(in.readLong(), string(in)));
            }
            List<Teaching> teachings = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                Teaching teaching = teaching(in);
                teachings.add(version == VERSION ? teaching.from(optional(in).map(SourceName::new)) : teaching);
            }
            return new TeachingPayload(teachings, rejected, rejectedTotal);
        } catch (IOException cutOff) {
            throw new UncheckedIOException("a teaching payload is cut off", cutOff);
        }
    }

    private static void write(DataOutputStream out, Teaching teaching) throws IOException {
        write(out, teaching.input().text().value());
        write(out, teaching.input().textPair().map(Text::value));
        write(out, teaching.externalId());
        out.writeDouble(teaching.weight());
        Answer answer = teaching.answer();
        out.writeByte(tag(answer));
        if (answer instanceof Answer.OneLabel one) {
            write(out, one.label());
        } else if (answer instanceof Answer.Labels many) {
            out.writeInt(many.labels().size());
            for (String label : many.labels()) {
                write(out, label);
            }
        } else if (answer instanceof Answer.Score score) {
            out.writeDouble(score.score());
        }
    }

    private static int tag(Answer answer) {
        return switch (answer.kind()) {
            case CLASSIFICATION -> 0;
            case MULTILABEL -> 1;
            case REGRESSION -> 2;
        };
    }

    private static Teaching teaching(DataInputStream in) throws IOException {
        Text text = new Text(string(in));
        Optional<Text> pair = optional(in).map(Text::new);
        Optional<String> externalId = optional(in);
        double weight = in.readDouble();
        return new Teaching(new Input(text, pair), answer(in), externalId, weight);
    }

    private static Answer answer(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> new Answer.OneLabel(string(in));
            case 1 -> {
                List<String> labels = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    labels.add(string(in));
                }
                yield new Answer.Labels(labels);
            }
            case 2 -> new Answer.Score(in.readDouble());
            default -> throw new IllegalStateException("an answer of kind " + kind);
        };
    }

    private static void write(DataOutputStream out, String value) throws IOException {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static void write(DataOutputStream out, Optional<String> value) throws IOException {
        out.writeBoolean(value.isPresent());
        if (value.isPresent()) {
            write(out, value.get());
        }
    }

    private static String string(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static Optional<String> optional(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(string(in)) : Optional.empty();
    }
}
