// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.InputEncoding;
import dev.perennial.encode.Passage;
import dev.perennial.encode.ReadingObserver;
import dev.perennial.member.View;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The vectors of some inputs of one kind, each computed when it is first needed and never twice. Owned by one thread.
 */
final class Encodings {
    private static final System.Logger LOG = System.getLogger(Encodings.class.getName());
    private static final float[] UNREAD = {};

    private final EncoderPool pool;
    private final ReadingObserver observer;
    private final List<Input> inputs;
    private final Map<Encoder, Encoded[]> encodedByMember = new LinkedHashMap<>();
    private final Set<Encoder> failed = new HashSet<>();

    /** @param observer told of what is read */
    Encodings(EncoderPool pool, ReadingObserver observer, List<Input> inputs) {
        this.pool = pool;
        this.observer = observer;
        this.inputs = inputs;
    }

    /**
     * Has the members in view read the inputs at these positions. Members that lack the same ones read side by side. A
     * knowledge graph that fails is left out (see {@link #hasFailed}).
     */
    void require(List<Encoder> members, View view, List<Integer> positions) {
        Map<List<Integer>, List<Encoder>> membersByMissing = new LinkedHashMap<>();
        for (Encoder member : members.subList(view.first(), view.end())) {
            Encoded[] encoded = of(member);
            List<Integer> missing =
                    positions.stream().filter(i -> encoded[i] == null).toList();
            if (!missing.isEmpty()) {
                membersByMissing
                        .computeIfAbsent(missing, any -> new ArrayList<>())
                        .add(member);
            }
        }
        membersByMissing.forEach((missing, readers) -> {
            Map<Boolean, List<Encoder>> readersByKind =
                    readers.stream().collect(Collectors.partitioningBy(Encodings::isGraph));
            readersByKind.getOrDefault(true, List.of()).forEach(graph -> tryToRead(graph, missing));
            read(readersByKind.getOrDefault(false, List.of()), missing);
        });
    }

    /**
     * Returns when the vectors are still wanted, as far as is known.
     *
     * @throws Refusal the reason for which they are not
     */
    void requireWanted() {
        pool.requireWanted();
    }

    /** Whether a knowledge graph could not read what it was to. */
    boolean hasFailed(Encoder member) {
        return failed.contains(member);
    }

    private static boolean isGraph(Encoder member) {
        return member.info().reading() == EncoderInfo.Reading.KNOWLEDGE;
    }

    private void tryToRead(Encoder graph, List<Integer> positions) {
        try {
            read(List.of(graph), positions);
        } catch (Refusal stopping) {
            throw stopping;
        } catch (RuntimeException failure) {
            failed.add(graph);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Answers are given without {0}, which cannot read them: {1}",
                    graph.info().id(),
                    failure.getClass().getName());
        }
    }

    private void read(List<Encoder> members, List<Integer> positions) {
        if (members.isEmpty()) {
            return;
        }
        List<Input> read = positions.stream().map(inputs::get).toList();
        List<Passage> passages = passages(read);
        List<List<Embedding>> embeddings = pool.encode(members, passages);
        boolean pair = read.get(0).kind() == InputKind.PAIR;
        for (int m = 0; m < members.size(); m++) {
            observer.read(members.get(m), passages, embeddings.get(m));
            List<Encoded> encoded = InputEncoding.assemble(List.of(embeddings.get(m)), pair);
            Encoded[] all = of(members.get(m));
            for (int i = 0; i < encoded.size(); i++) {
                all[positions.get(i)] = encoded.get(i);
            }
        }
    }

    private Encoded[] of(Encoder member) {
        return encodedByMember.computeIfAbsent(member, any -> new Encoded[inputs.size()]);
    }

    /** The texts of an input, each by itself. */
    static List<Passage> texts(Input input) {
        return Stream.concat(Stream.of(input.text()), input.textPair().stream())
                .map(text -> Passage.of(text.value()))
                .toList();
    }

    /** What an encoder reads of inputs. */
    static List<Passage> passages(List<Input> inputs) {
        return inputs.stream()
                .flatMap(input -> input
                        .textPair()
                        .map(pair -> InputEncoding.passages(input.text().value(), pair.value()))
                        .orElseGet(() -> InputEncoding.passages(input.text().value()))
                        .stream())
                .toList();
    }

    /** The vector of one input by the first of some members; empty when that has not read it. */
    float[] first(List<Encoder> members, int position) {
        Encoded[] encoded = members.isEmpty() ? null : encodedByMember.get(members.get(0));
        return encoded == null || encoded[position] == null
                ? UNREAD
                : encoded[position].vectors().get(0);
    }

    /** One input as the members in view see it, which have read it; the vectors of others are empty. */
    Encoded of(List<Encoder> members, View view, int position) {
        List<float[]> vectors = new ArrayList<>(members.size());
        boolean truncated = false;
        for (int m = 0; m < members.size(); m++) {
            if (view.includes(m)) {
                Encoded encoded = of(members.get(m))[position];
                vectors.add(encoded.vectors().get(0));
                truncated |= encoded.truncated();
            } else {
                vectors.add(UNREAD);
            }
        }
        return new Encoded(vectors, truncated);
    }
}
